"""Whatever portfolio.yml says, it is read, or refused in one sentence with file, line and key; never a traceback."""

import re
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.cli.common import app
from dagster_project.settings import Portfolio, PortfolioError, read_portfolio
from sources.config import FileLimits, FileSettings, FileSource
from sources.connectors import VENDORS
from tests.end_to_end.harness import TINY, outcomes

LEAST = "name: mine\ntitle: Mine\nreporting_currency: EUR\n"


def refusal(folder: Path, text: str | bytes) -> str:
    """The message for a portfolio.yml, which is written and must be refused."""
    path = folder / "portfolio.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(PortfolioError) as error:
        read_portfolio(folder)
    return str(error.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("as_of: 2025-02-30", "as_of: there is no such day or time as 2025-02-30"),
        ("as_of: 9999-12-31", "as_of: it must be at most 2079-12-31"),
        ("as_of: 0001-01-01", "as_of: it must be at least 1950-01-01"),
        ("schedule: '61 * * * *'", "schedule: '61 * * * *' is not a cron"),
        ("schedule: '0 6 * * * *'", "it needs five fields"),
        ("schedule: '0 6 LW * *'", "'0 6 LW * *' is not a cron"),  # Dagster knows neither
        ("schedule: '0 6 * * 5L'", "'0 6 * * 5L' is not a cron"),
        ("title: Other", "title: it is given twice, first in line 2"),
        ("thresholds: {largest_entry: 1, largest_entry: 2}", "thresholds.largest_entry: it is given twice"),
        ("thresholds: {largest_entry: .inf}", "thresholds.largest_entry: it must be a finite number"),
        ("discount_rate: .nan", "discount_rate: it must be a finite number"),
        ("discount_rate: 0.1", "discount_rate and discount_base_date belong together"),
        ("keep_days: .inf", "keep_days: it must be a finite number"),
        ("keep_days: 1" + "0" * 400, "keep_days: it must be at most"),
        ("keep_days: 1" + "0" * 5000, "keep_days: there is no such int"),
        ("sources: []", "sources: it must not be an empty list"),
        ("sources: [{name: a, feeds: []}]", "sources.0.feeds: it must not be an empty list"),
        ("sources: [{name: a, covers: {teams: []}}]", "sources.0.covers.teams: it must not be an empty list"),
        ("sources: [{name: a}, {name: a}]", "sources: two have the same name"),
        ("sources: [{name: a, observed_at: 9999-12-31T23:59:59-12:00}]", "observed_at must be between"),
        ("memory_limit: 99999999TB", "memory_limit: '99999999TB' is more than any machine has"),
        ("time_zone: '{x}'", "time_zone: '{x}' is not an IANA time zone"),
        ("1: 2", "1: a key must be a text"),
        ("statuses: [", "this is not YAML"),
        ("title2: \"\\ud800\"", "title2: it has half of a character"),
    ],
)  # fmt: skip
def test_a_bad_value_is_told_in_one_sentence_with_line_and_key(line: str, said: str, tmp_path: Path) -> None:
    found = refusal(tmp_path, f"{LEAST}{line}\n")

    assert said in found
    assert re.match(r":[45]: ", found), found
    assert len(found.splitlines()) == 1


def test_each_of_several_wrong_keys_has_its_line(tmp_path: Path) -> None:
    found = refusal(tmp_path, f"{LEAST}threads: many\nsources:\n  - name: a\n    kind: photo\n")

    assert found.startswith(":4: threads: it must be a whole number (it is many); line 7: sources.0.kind: it must be")


def test_what_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    assert "nested too deeply" in refusal(tmp_path, "[" * 3000)


def test_a_character_that_is_not_utf_8_has_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, LEAST.encode() + b"locale: \xff\n").startswith(":4: a character is not UTF-8")


def _commands() -> list[list[str]]:
    """Every command that reads a portfolio, with the least that it must be given."""
    import typer.core
    import typer.main

    found: list[list[str]] = []
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = command.commands.items() if isinstance(command, typer.core.TyperGroup) else [("", command)]
        for sub, one in inner:
            if any(p.name == "portfolio" for p in one.params):
                needed = ["x" for p in one.params if p.param_type_name == "argument" and p.required]
                found.append([word for word in (name, sub, *needed) if word])
    return found


@pytest.mark.parametrize("command", _commands(), ids=" ".join)
def test_every_command_ends_with_2(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "portfolio.yml").write_text(f"{LEAST}as_of: 2025-02-30\n")

    said = outcomes(*command, home=tmp_path / "homes", portfolio=tmp_path)

    assert "portfolio.yml:4: as_of: there is no such day" in said.err + said.out
    assert said.exit_code == 2
    assert not (tmp_path / "homes").exists()


# the fuzz: files of random keys and values, and tiny's with random changes of its text

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.floats(),
    st.text(max_size=12),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(
        [date.min, date.max, datetime.max, "", "{x}", "%", "0 6 * * *", "EUR", "data", "jira", "12GB", "dmy"]
    ),
)
KEYS = st.one_of(
    st.sampled_from(
        sorted(
            {
                name
                for model in (Portfolio, FileSource, FileSettings, FileLimits, *VENDORS)
                for name in model.model_fields
            }
        )
    ),
    st.text(max_size=4),
    st.integers(),
    st.none(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=8,
)
SOURCES = st.lists(st.dictionaries(KEYS, VALUES, max_size=4).map(lambda keys: {"name": "a"} | keys), max_size=2)
TEXT = (TINY / "portfolio.yml").read_text()
FUZZ = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def read_or_refuse(text: bytes) -> None:
    """A portfolio.yml is refused in one line that names it, or all that is asked of a portfolio can be answered."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.yml"
        path.write_bytes(text)
        portfolio, refused = None, ""
        try:
            portfolio = read_portfolio(path.parent)
        except PortfolioError as error:
            refused = str(error)
        if portfolio is None:
            assert refused.startswith(str(path)) and "To fix:" in refused and refused.isprintable()
        else:
            portfolio.build_settings(portfolio.now())
            portfolio.landing_rules()


@FUZZ
@given(st.dictionaries(KEYS, VALUES, max_size=6), SOURCES)
def test_random_keys_and_values_are_read_or_refused(keys: dict[Any, Any], sources: list[Any]) -> None:
    content = yaml.safe_load(LEAST) | keys | ({"sources": sources} if sources else {})

    read_or_refuse(yaml.dump(content, allow_unicode=True).encode("utf-8", "surrogatepass"))


@FUZZ
@given(st.integers(0, len(TEXT)), st.integers(0, 40), st.one_of(st.binary(max_size=20), st.text(max_size=20)))
def test_a_file_with_a_piece_replaced_is_read_or_refused(at: int, length: int, piece: str | bytes) -> None:
    given_piece = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")

    read_or_refuse(TEXT[:at].encode() + given_piece + TEXT[at + length :].encode())
