"""What every command shares: completed commands, tables on a narrow screen, control characters, interruption, help."""

import math
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from dagster_project.cli import app, common
from dagster_project.run import LAST
from serving.reader import Table
from tests.end_to_end.harness import TINY, outcomes


@pytest.mark.parametrize(
    ("said", "completed"),
    [
        ("run `outcomes refresh` now", "run `OUTCOMES_HOME=/h outcomes refresh --portfolio 'my p'` now"),
        ("outcomes check --rows x", "OUTCOMES_HOME=/h outcomes check --portfolio 'my p' --rows x"),
        ("outcomes metrics show nps", "OUTCOMES_HOME=/h outcomes metrics show --portfolio 'my p' nps"),
        ("outcomes fingerprint", "outcomes fingerprint"),  # takes no portfolio
        ("its outcomes are", "its outcomes are"),
    ],
)
def test_commands_in_messages_are_complete(said: str, completed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", "/h")
    monkeypatch.setenv("OUTCOMES_PORTFOLIO", "elsewhere")
    common.given(Path("my p"))
    assert common.completed(said) == completed


def test_control_characters_are_shown_and_not_sent() -> None:
    assert common.visible("a\x1b[31mred\x07 \u202eback\nline – ü") == "a\\x1b[31mred\\x07 \\u202eback\nline – ü"


def test_a_table_wider_than_the_screen_has_its_columns_down(capsys: pytest.CaptureFixture[str]) -> None:
    wide = [f"column_{n:02}" for n in range(30)]
    common.show_rows(wide, [["value"] * 30, ["other"] * 30])
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if "column" in line]
    assert lines == [[name, "value", "other"] for name in wide]


def test_json_has_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    common.show_table(Table(("a",), ("DOUBLE",), [(math.nan,), ([math.inf, 1.5],)]), common.Format.json)
    assert "".join(capsys.readouterr().out.split()) == '[{"a":null},{"a":[null,1.5]}]'


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_says_so_and_that_nothing_was_published(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LAST, "run", raising=False)  # an earlier test may have refreshed in this process
    monkeypatch.setattr("dagster_project.cli.feeds._show_feed", lambda *_: os.kill(os.getpid(), number))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
    try:
        said = outcomes("feed", "teams", home=tmp_path, portfolio=TINY)
    finally:
        signal.signal(signal.SIGINT, before)
    assert said.exit_code == 128 + number
    assert said.err == "outcomes: interrupted. Nothing was published.\n"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("failed", "interrupted after land: 3 new loads. Nothing was published"),
        ("published", "The new version is served"),
    ],
)
def test_an_interrupted_refresh_says_how_far_it_was(outcome: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = type("Run", (), {"said": "land: 3 new loads", "outcome": outcome})
    monkeypatch.setitem(LAST, "run", run)
    assert words in common._interrupted()


def test_version_is_shown(tmp_path: Path) -> None:
    assert outcomes("--version", home=tmp_path, portfolio=TINY).out.startswith("outcome-warehouse 0.")


def _paths(group: Any, path: list[str]) -> list[list[str]]:
    return [path, *(p for name, c in getattr(group, "commands", {}).items() for p in _paths(c, [*path, name]))]


@pytest.mark.parametrize("path", _paths(typer.main.get_command(app), []), ids=" ".join)
def test_help_fits_80_columns_and_cuts_no_sentence(path: list[str]) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"], env={"TERMINAL_WIDTH": "80"}).stdout
    lines = [line for line in shown.splitlines() if not line.startswith("Usage: ")]
    assert [line for line in lines if len(line) > 80 or line.endswith("...")] == []


def test_metrics_are_listed_before_anything_is_published(tmp_path: Path) -> None:
    said = outcomes("metrics", "list", "--format", "csv", home=tmp_path, portfolio=TINY)
    assert said.exit_code == 0
    assert "decisions" in next(line for line in said.out.splitlines() if line.startswith("reaction_days_p50"))
    assert "Nothing is published yet" in said.err
