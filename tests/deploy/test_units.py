"""The files of deploy/: systemd accepts the units, and Dagster what is meant for it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.end_to_end.harness import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
BIN = Path(sys.executable).parent


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_accepts_the_unit(unit: str, tmp_path: Path) -> None:
    """Where they will stand after installing, commands exist; here it is this environment's."""
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text().replace("/opt/outcomes/bin", str(BIN)).replace("=outcomes\n", "=root\n")
        (tmp_path / path.name).write_text(text)

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit)], capture_output=True, text=True, check=False
    )

    assert [line for line in said.stderr.splitlines() if unit in line] == []


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_a_service_holds_no_secret_and_runs_as_nobody_s_root(unit: str) -> None:
    text = (DEPLOY / "systemd" / unit).read_text()

    assert "User=outcomes" in text and "NoNewPrivileges=yes" in text and "ProtectSystem=strict" in text
    assert not re.findall(r"^Environment=.*(PASSWORD|TOKEN|KEY|WEBHOOK)", text, re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_systemd_finds_a_service_little_exposed(unit: str) -> None:
    line = ["systemd-analyze", "security", "--offline=yes", "--threshold=40", str(DEPLOY / "systemd" / unit)]

    said = subprocess.run(line, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout[-200:]


def test_what_is_removed_every_week_are_the_runs_of_the_dagster_that_systemd_starts() -> None:
    units = ("outcomes-verify", "outcomes-dagster-daemon", "outcomes-dagster-webserver")
    texts = [(DEPLOY / "systemd" / f"{unit}.service").read_text() for unit in units]

    assert {home for text in texts for home in re.findall(r"DAGSTER_HOME=(\S+)", text)} == {"/var/lib/outcomes/dagster"}
    assert all("DAGSTER_HOME=" in text for text in texts)


@pytest.mark.parametrize("name", ["compose.yaml", "helm-values.yaml", "dagster-postgres.yaml"])
def test_a_secret_comes_from_the_environment_alone(name: str) -> None:
    text = (DEPLOY / name).read_text()
    given = re.findall(r"^\s*(?:\w*PASSWORD|\w*WEBHOOK|\w*KEY|password):[ \t]*(\S.*)?$", text, re.MULTILINE)

    assert all(not value or value.startswith(("${", "{env:")) for value in given)
    yaml.safe_load(text)


def test_compose_s_containers_name_what_the_image_has() -> None:
    compose, image = yaml.safe_load((DEPLOY / "compose.yaml").read_text()), (DEPLOY / "Containerfile").read_text()
    programs = {service["command"][0] for name, service in compose["services"].items() if name != "postgres"}

    assert programs <= {path.name for path in BIN.iterdir()}
    for service in ("webserver", "daemon"):
        [workspace] = [part for part in compose["services"][service]["command"] if part.endswith(".yaml")]
        assert f"COPY deploy/workspace.yaml {workspace}" in image
    assert "COPY deploy/dagster-postgres.yaml /etc/dagster/dagster.yaml" in image


def test_compose_s_file_is_one() -> None:
    schema = json.loads((ROOT / "tests" / "vendor" / "compose" / "compose-spec.json").read_text())

    Draft202012Validator(schema).validate(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


def test_the_image_runs_what_dagster_s_chart_gives_as_arguments() -> None:
    """The chart's pod of code has `args: [dagster, code-server, start, …]` and no command."""
    assert "ENTRYPOINT" not in (DEPLOY / "Containerfile").read_text()
    assert "dagster" in {path.name for path in BIN.iterdir()}


def test_the_webserver_has_neither_warehouse_nor_its_secrets() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    assert not any(name.startswith("OUTCOMES") for name in services["webserver"]["environment"])
    assert "volumes" not in services["webserver"] and services["webserver"]["ports"] == ["127.0.0.1:3000:3000"]
