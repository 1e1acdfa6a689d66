"""No secret is written anywhere: one of each kind is planted, and all that is written or shown is searched for it."""

import base64
import os
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from dagster import DagsterInstance

from dagster_project.definitions import defs
from tests.end_to_end.harness import ROOT, clean_environment, command, run
from tests.end_to_end.sparse import sparse_portfolio
from tests.receivers import HOST, USER, free_port, mail_server, webhook

SECRETS = {
    "OUTCOMES_KEY": "planted-key-of-pseudonyms-0123456789abcdef",
    "OUTCOMES_MIRROR_PASSWORD": "planted/mirror+p4ss",
    "OUTCOMES_SMTP_PASSWORD": "planted-smtp-p4ss",
    "OUTCOMES_TRACKER_TOKEN": "planted-token-of-tracker",
    "DAGSTER_PG_PASSWORD": "planted-history-p4ss",
}
WRITTEN = {  # by what uses a secret, so that it is searched
    "part-0.parquet", "stage.duckdb", "warehouse.duckdb", "index.html", "last_refresh.json", "mirror.json", "sent.json",
    "compute_logs", "runs.db",
}  # fmt: skip
HOOK = "planted-hook-s3cret"


def forms(secret: str) -> set[bytes]:
    """A secret as it could be written."""
    plain = secret.encode()
    return {plain, quote(secret, safe="").encode(), base64.b64encode(plain).rstrip(b"=")[:-1], plain.hex().encode()}


def written(folder: Path) -> dict[str, set[str]]:
    """{secret: the files below a folder that hold it in any form}, over names and contents."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        content = str(path.relative_to(folder)).encode() + (path.read_bytes() if path.is_file() else b"")
        for secret in (*SECRETS.values(), HOOK):
            if any(form in content for form in forms(secret)):
                found.setdefault(secret, set()).add(str(path.relative_to(folder)))
    return found


@contextmanager
def watched(lines: set[bytes]) -> Generator[None]:
    """Note the command line of every process of this machine while it lasts."""
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    lines.add(path.read_bytes())
                except OSError:  # it has ended meanwhile
                    continue
            time.sleep(0.02)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, set[bytes]]:
    """A portfolio that uses every secret: refreshed with servers that are up, with a tool and a database that are down,
    and by Dagster; the folder of all that was written, all that was printed, and the command lines of all processes."""
    folder = tmp_path_factory.mktemp("secrets")
    portfolio, lines, said = sparse_portfolio("only_surveys", folder / "portfolio"), set[bytes](), ""
    certificate = tmp_path_factory.mktemp("certificate") / "server.pem"
    with mail_server(certificate) as box, webhook() as chat, watched(lines):
        declared = portfolio / "portfolio.yml"
        mail = f"{{host: {HOST}, port: {box.port}, user: {USER}, sender: a@acme.example, to: [b@acme.example]}}"
        declared.write_text(
            f"{declared.read_text()}\nmirror: postgresql://owner@{HOST}:{free_port()}/nowhere\n"
            f"notify: {{mail: {mail}, alerts: [mail, webhook], digest: [mail, webhook]}}\n"
        )
        tool = f"- {{name: tracker, type: jira, url: 'https://{HOST}:{free_port()}', user: me@acme.example, patience: PT1S}}"
        given = SECRETS | {
            "OUTCOMES_WEBHOOK": chat.url.replace("s3cret-of-chat", HOOK),
            "OUTCOMES_HOME": str(folder / "homes"),
            "OUTCOMES_PORTFOLIO": str(portfolio),
            "OUTCOMES_CACHE": os.environ.get("OUTCOMES_CACHE", ""),
            "SSL_CERT_FILE": str(certificate),
            "TMPDIR": str(folder / "tmp"),
            "HOME": str(folder / "tmp"),
        }
        (folder / "tmp").mkdir()
        environment = clean_environment(**{name: value for name, value in given.items() if value})
        for arguments in (("refresh",), ("doctor",), ("status",), ("mirror",), ("refresh", "--full")):
            if arguments == ("refresh", "--full"):  # with a tool that is down
                declared.write_text(declared.read_text().replace("sources:\n", f"sources:\n{tool}\n", 1))
            ended = run(command(*arguments), environment)
            said += ended.out + ended.err
        (folder / "dagster").mkdir()
        (folder / "dagster" / "dagster.yaml").write_text((ROOT / "deploy" / "dagster.yaml").read_text())
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.setenv("DAGSTER_HOME", str(folder / "dagster"))
            with DagsterInstance.from_config(str(folder / "dagster")) as instance:
                job = defs().resolve_job_def("refresh")
                assert not job.execute_in_process(instance=instance, raise_on_error=False).success
        assert any("failed" in post["text"] for post in chat.posts)
    return folder, said, lines


@pytest.mark.slow
def test_no_file_holds_a_secret(story: tuple[Path, str, set[bytes]]) -> None:
    folder, _, _ = story

    assert {path.name for path in folder.rglob("*")} >= WRITTEN
    assert written(folder) == {}


@pytest.mark.slow
def test_nothing_that_is_printed_holds_a_secret(story: tuple[Path, str, set[bytes]]) -> None:
    _, said, _ = story

    assert "the mirror is behind" in said and "tracker" in said  # they were used
    assert [
        secret for secret in (*SECRETS.values(), HOOK) if any(form in said.encode() for form in forms(secret))
    ] == []


@pytest.mark.slow
def test_no_command_line_holds_a_secret(story: tuple[Path, str, set[bytes]]) -> None:
    _, _, lines = story

    assert any(b"dagster_project.cli" in line for line in lines)
    assert [line for line in lines for secret in (*SECRETS.values(), HOOK) if secret.encode() in line] == []


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(f"password={SECRETS['OUTCOMES_MIRROR_PASSWORD']}")
    (tmp_path / "b.log").write_text(quote(SECRETS["OUTCOMES_MIRROR_PASSWORD"], safe=""))
    (tmp_path / "c.log").write_bytes(b"Basic " + base64.b64encode(HOOK.encode()))

    assert written(tmp_path) == {SECRETS["OUTCOMES_MIRROR_PASSWORD"]: {"a.log", "b.log"}, HOOK: {"c.log"}}
