"""`outcomes doctor`: one line for each thing that it looks at, and its exit code."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.harness import TINY, Said, copy_portfolio, outcomes, replace
from tests.serving.builds import make_records, ulid


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return copy_portfolio(TINY, tmp_path / "tiny")


def run(tiny: Path) -> Said:
    return outcomes("doctor", home=tiny.parent / "homes", portfolio=tiny)


def lines(said: Said, about: str) -> list[str]:
    return [line for line in said.out.splitlines() if line.partition(":")[0].endswith(f"  {about}")]


def test_a_sound_portfolio_ends_with_0(tiny: Path) -> None:
    said = run(tiny)

    assert said.exit_code == 0
    for about in ("Python", "version", "portfolio", "disk", "links"):
        assert [line[:5] for line in lines(said, about)] == ["ok   "], about
    assert "nothing is published yet. Next: " in lines(said, "home")[0]
    assert "14 feeds, never landed" in lines(said, "source office")[0]
    assert any("no data in decisions: reaction_days_p50" in line for line in lines(said, "metrics"))
    assert not (tiny.parent / "homes").exists()


def test_a_landed_source_has_its_age_and_whether_its_files_changed(tiny: Path) -> None:
    outcomes("land", home=tiny.parent / "homes", portfolio=tiny)
    assert "14 feeds, seen" in lines(run(tiny), "source office")[0]
    assert "changed" not in lines(run(tiny), "source office")[0]

    (tiny / "feeds/teams.csv").touch()
    assert "its files changed since" in lines(run(tiny), "source office")[0]


def test_a_source_that_was_not_fetched_is_said_with_the_age_of_what_is_used(tiny: Path) -> None:
    home = tiny.parent / "homes" / "tiny"
    outcomes("land", home=home.parent, portfolio=tiny)
    seen_at = "2026-01-01T00:00:00+00:00"
    last = {"message": "The token was refused.", "outcome": "unchanged", "ended_at": seen_at}
    trouble = {"source": "office", "step": "fetch", "seen_at": seen_at}
    (home / "last_refresh.json").write_text(json.dumps(last | {"sources": [trouble]}))
    (line,) = lines(run(tiny), "source office")[:1]
    assert "seen" in line and "the last refresh could not fetch it. Next: " in line and "outcomes fetch" in line


def test_a_refresh_that_was_killed_is_said(tiny: Path) -> None:
    home = tiny.parent / "homes" / "tiny"
    home.mkdir(parents=True)
    begun = {"refresh_id": ulid(1), "began_at": "2026-06-30T03:00:00+00:00"}
    (home / "begun_refresh.json").write_text(json.dumps(begun))

    [said] = [line for line in lines(run(tiny), "home") if "left no result" in line]
    assert "a refresh began 30 Jun 2026, 03:00 UTC" in said and "outcomes refresh" in said


def test_columns_that_no_mapping_reads_are_named(tiny: Path) -> None:
    (tiny / "data/extra.csv").write_text("id,name,colour,size\nP8,Eight,,L\nP9,Nine,red,M\n")
    (tiny / "feeds/products.csv").unlink()
    (tiny / "feeds/products.sql").write_text(
        'select id as product_id, upper("Name") as name, _file, _record from raw.extra'
    )
    assert "data/extra.csv: no mapping reads size (2), colour (1)." in "".join(lines(run(tiny), "source office"))


def test_statuses_and_accounts_of_landed_rows_without_a_meaning_are_counted(tiny: Path) -> None:
    replace(tiny / "feeds/work_items.csv", ",To do,to_do,", ",Parked,unknown,")
    replace(tiny / "data/ledger.csv", ",5900,", ",7777,")
    outcomes("land", home=tiny.parent / "homes", portfolio=tiny)
    said = "".join(lines(run(tiny), "source office"))
    assert "statuses without a meaning: ??? (1), Parked (1). Next: say what they mean" in said
    assert "accounts without a meaning: 7777 (2). Next: add them to the feed accounts" in said


def test_a_portfolio_whose_names_all_have_a_meaning_says_so(tiny: Path) -> None:
    replace(tiny / "feeds/work_items.csv", ",???,unknown,", ",Open,to_do,")
    replace(tiny / "data/ledger.csv", ",7777,", ",4000,")
    outcomes("land", home=tiny.parent / "homes", portfolio=tiny)
    assert [line[:5] for line in lines(run(tiny), "meanings")] == ["ok   "]


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ("source office", "no feed has that name"),
        ("links", "leads nowhere"),
        ("links", f"version {ulid(1)} is pinned, but gone"),
        ("home", "can be read by others"),
        ("portfolio", "title"),
    ],
)
def test_what_is_wrong_has_its_fix_and_ends_with_1(about: str, words: str, tiny: Path) -> None:
    home = tiny.parent / "homes/tiny"
    (home / "serve").mkdir(parents=True)
    match words.split()[0]:
        case "no":
            (tiny / "feeds/team.csv").write_text("team_id\n")
        case "leads":
            (tiny / "data/dead").symlink_to("nowhere")
        case "version":
            (home / "serve/pins.json").write_text(f'["{ulid(1)}"]')
        case "can":
            (home / "key").write_bytes(b"key")
            (home / "key").chmod(0o644)
        case _:
            text = (tiny / "portfolio.yml").read_text()
            (tiny / "portfolio.yml").write_text(text.replace("title: Tiny, computed by hand\n", ""))
    said = run(tiny)
    assert said.exit_code == (2 if about == "portfolio" else 1)
    [wrong] = [line for line in lines(said, about) if line.startswith("WRONG")]
    assert words in wrong and "To fix: " in wrong


def test_what_a_check_found_is_said_before_what_it_expects(tiny: Path) -> None:
    audit = tiny.parent / "homes" / "tiny" / "audit"
    audit.mkdir(parents=True)
    make_records(audit / f"refresh={ulid(1)}.parquet", [("late_rows", "core.fct", "warn", "warned", "3 rows")])
    assert any("late_rows: warned; expected: 0 rows. Next: " in line for line in lines(run(tiny), "checks"))
