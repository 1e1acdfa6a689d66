"""What a user runs against a tool: `connect`, `fetch`, `land`, and a second time; for an account of your own, if you
name one, and for the fakes.

For an account: OUTCOMES_REAL_<TYPE> holds the settings of its source, as YAML, and the secrets are where they always
are, under the name of the type (docs/sources.md). It only reads. It never runs in CI.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from sources.connectors import VENDORS
from sources.contracts import load_contracts
from sources.fetching import pulls
from sources.fetching.source import ApiSource
from tests.end_to_end.harness import Said, outcomes
from tests.sources.fakes.server import FIRST_REFRESH_TOKEN, running
from tests.sources.test_connectors import NAMES, SECRET, TOOLS, Tool


def kind_of(vendor: type[ApiSource]) -> str:
    return NAMES[[tool.source for tool in TOOLS].index(vendor)]


def variable(vendor: type[ApiSource]) -> str:
    return f"OUTCOMES_REAL_{kind_of(vendor).upper()}"


def fetch_twice(vendor: type[ApiSource], settings: Mapping[str, Any], folder: Path) -> None:
    """Connect a tool in a portfolio of its own, fetch and land it twice: the second time adds no row."""
    kind, portfolio, homes = kind_of(vendor), folder / "portfolio", folder / "homes"
    portfolio.mkdir(parents=True, exist_ok=True)
    (portfolio / "portfolio.yml").write_text("name: real\ntitle: One tool\nreporting_currency: EUR\n")

    def said(*arguments: str) -> Said:
        found = outcomes(*arguments, home=homes, portfolio=portfolio)
        assert found.exit_code == 0, f"{arguments[0]}: {found.out}{found.err}"
        return found

    given = [part for key, value in settings.items() for part in ("--set", f"{key}={json.dumps(value)}")]
    assert "It was added to portfolio.yml." in said("connect", kind, "--type", kind, *given).out
    seen: list[set[tuple[str, str]]] = []
    for arguments in (("fetch", "--full"), ("fetch",)):
        said(*arguments)
        said("land")
        seen.append(keys(homes / "real"))
    assert [pull.kind for pull in pulls.sealed(homes / "real", kind)][-2:] == ["snapshot", "increment"]
    assert seen[0], "nothing landed"
    added = {row for row in seen[1] - seen[0] if row[0] not in vendor.readings}
    assert added == set(), "the second fetch added rows; did somebody work there meanwhile?"


def keys(home: Path) -> set[tuple[str, str]]:
    """The feed and the key of every row that has landed."""
    found: set[tuple[str, str]] = set()
    for name, feed in load_contracts().items():
        if parts := [str(path) for path in home.glob(f"landing/{name}/source=[!_]*/load=*/*.parquet")]:
            listed = ", ".join(column.name for column in feed.keys)
            rows = duckdb.sql(
                f"select distinct to_json(({listed}))::varchar from read_parquet({parts}, union_by_name=true)"
            )
            found |= {(name, key) for (key,) in rows.fetchall()}
    return found


@pytest.mark.slow
@pytest.mark.skipif("CI" in os.environ, reason="a real account is never asked in CI")
@pytest.mark.parametrize("vendor", VENDORS, ids=kind_of)
def test_a_real_account_is_read_and_a_second_fetch_adds_nothing(vendor: type[ApiSource], tmp_path: Path) -> None:
    if variable(vendor) not in os.environ:
        pytest.skip(f"{variable(vendor)} is not set")
    if vendor.changing and "OUTCOMES_REAL_HOME" not in os.environ:
        pytest.skip("its refresh token changes: OUTCOMES_REAL_HOME must name a folder that stays")
    folder = Path(os.environ.get("OUTCOMES_REAL_HOME", tmp_path)) / kind_of(vendor)
    fetch_twice(vendor, yaml.safe_load(os.environ[variable(vendor)]) or {}, folder)


# a second or two each, so quick tests do it for one tool with a token and one with OAuth
QUICK = ("linear", "xero")
MARKED = [
    pytest.param(t, marks=() if n in QUICK else pytest.mark.slow, id=n) for t, n in zip(TOOLS, NAMES, strict=True)
]


@pytest.mark.parametrize("tool", MARKED)
def test_a_fake_is_read_and_a_second_fetch_adds_nothing(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tool.fake()) as fake:
        for name, secret in ((tool.source.secret, SECRET), ("refresh_token", FIRST_REFRESH_TOKEN)):
            monkeypatch.setenv(tool.source.variable(kind_of(tool.source), name), secret)
        own = {k: v.replace("{url}", fake.url) if isinstance(v, str) else v for k, v in tool.settings.items()}
        fetch_twice(tool.source, {"url": fake.url} | own, tmp_path)
        assert fake.wrong == []
