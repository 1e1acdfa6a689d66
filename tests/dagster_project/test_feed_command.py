"""`outcomes feed` and `outcomes land`: what they say of a mapping before anything is built."""

import shlex
from pathlib import Path

import pytest

from dagster_project.catalog import declared
from dagster_project.measure import metrics
from tests.end_to_end.harness import Said, changed, outcomes

PORTFOLIO = "name: mine\ntitle: Mine\nreporting_currency: EUR\n"
ISSUES = "Key,Name,State,Due,Who\n" + "".join(
    f"A{n},Basket,{state},{due},ann@x.example\n"
    for n, (state, due) in enumerate(
        [("Open", "28/04/25"), ("Open", "29/04/25"), ("Open", "2025-04-30"), ("Duplicate", "2025-04-30")], 1
    )
)
MAPPING = """
    select
        "Key" as work_item_id, 'story' as item_type, "Name" as title, "State" as status, 'to_do' as status_category,
        true as is_deliverable, '2025-01-01' as created_at, "Due" as due_date, "Who" as assignee_id,
        case when "State" = 'Duplicate' then 'is a duplicate' end as _excluded, 'x' as sprint, _file, _record
    from raw.issues
"""

LEDGER = "ledger_entry_id,posted_date,account_code,amount,currency\n1,2025-01-01,1,1,EUR\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A portfolio of one feed, of which two rows in three are rejected."""
    folder = tmp_path / "my portfolio"
    files = {
        "portfolio.yml": PORTFOLIO,
        "data/issues.csv": ISSUES,
        "feeds/work_items.sql": MAPPING,
        "feeds/work_items.control.sql": "select 'count(*)' as measure, count(*) - 1 as expected from raw.issues",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def run(mine: Path, *arguments: str) -> Said:
    return outcomes(*arguments, home=mine.parent / "homes", portfolio=mine)


def test_feed_shows_what_is_rejected_and_excluded_and_why(mine: Path) -> None:
    said = run(mine, "feed", "work_items")

    assert said.exit_code == 1
    assert "4 records: 1 row would land, 2 are rejected, 1 is excluded." in said.out
    assert "2 rows: due_date can't be read as date" in said.out
    assert "`28/04/25` in data/issues.csv record 1" in " ".join(said.out.split())
    assert "1 row: is a duplicate" in said.out
    assert "1 control total, equal." in said.out
    assert "2 of 3 rows of feed work_items are rejected (66.7%, limit 1.0%)" in said.err


def test_feed_shows_columns_and_first_rows_without_personal_values(mine: Path) -> None:
    said = run(mine, "feed", "work_items")

    assert "Not in the contract, kept in _extra: sprint" in said.out
    assert "team_id" in said.out.partition("Without a value in any row: ")[2].splitlines()[0]
    assert "A3" in said.out and "ann@x.example" not in said.out


def test_feed_names_the_metrics_and_what_they_lack(mine: Path) -> None:
    said = run(mine, "feed", "work_items").out.replace("\n", " ")

    assert "On-time rate" in said.partition("Metrics that have all their feeds: ")[2].partition("Not measured")[0]
    assert "Not measured (no data in work_item_changes): Flow efficiency · Rework rate" in said


def test_a_control_total_that_differs_is_shown_with_both_values(mine: Path) -> None:
    (mine / "feeds/work_items.control.sql").write_text("select 'count(*)' as measure, 7 as expected")
    said = run(mine, "feed", "work_items")

    assert "count(*): 7 in the files, 3 in the feed" in said.out
    assert "It would not land: the control total count(*) of work_items.control.sql differs. To fix:" in said.err


def test_a_value_that_a_mapping_can_t_take_is_told_with_its_line_and_not_shown(mine: Path) -> None:
    (mine / "feeds/work_items.sql").write_text(MAPPING.replace('"Due" as due', '"Name"::date as due').strip())
    said = " ".join(run(mine, "feed", "work_items").err.split())
    assert "work_items.sql: it can't be run: line 3: Conversion Error: invalid date field format:" in said
    assert "Basket" not in said and "try_cast or try_strptime" in said


def test_feed_writes_nothing(mine: Path) -> None:
    run(mine, "feed", "work_items")
    assert not (mine.parent / "homes").exists()


def test_a_feed_that_would_land_ends_with_0(mine: Path) -> None:
    (mine / "data/issues.csv").write_text(ISSUES.replace("28/04/25", "2025-04-28").replace("29/04/25", "2025-04-29"))
    said = run(mine, "feed", "work_items")

    assert (said.exit_code, said.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("work_item",), "no feed is called work_item. To fix: choose one of work_items"),
        (("budgets",), "feeds/: source files gives no budgets. To fix: write feeds/budgets.sql"),
        (("work_items", "--source", "jira"), "there is no source jira. To fix: name one of files"),
    ],
)
def test_what_can_t_be_shown_is_said(arguments: tuple[str, ...], words: str, mine: Path) -> None:
    assert words in run(mine, "feed", *arguments).err


def test_a_feed_whose_contract_warns_of_nothing_is_shown(mine: Path) -> None:
    (mine / "feeds" / "time_entries.csv").write_text(
        "time_entry_id,work_item_id,person_id,work_date,hours\nH1,A1,ann@x.example,2025-04-28,2\n"
    )
    said = run(mine, "feed", "time_entries")
    assert said.exit_code == 0, said.err
    assert "1 row would land" in said.out


def test_each_unknown_value_is_counted_and_the_rarest_together(mine: Path) -> None:
    resolutions = ["Kept"] * 3 + ["Shelved"] * 2 + ["A", "B", "C", "D", "E"]
    lines = [f"A{n},Basket,Open,2025-04-30,{said}\n" for n, said in enumerate(resolutions)]
    (mine / "data/issues.csv").write_text("Key,Name,State,Due,Who\n" + "".join(lines))
    mapping = MAPPING.replace('"Who" as assignee_id', '"Who" as resolution')
    (mine / "feeds/work_items.sql").write_text(mapping)
    (mine / "feeds/work_items.control.sql").unlink()

    shown = run(mine, "feed", "work_items").out

    assert "3 rows: resolution is Kept, which is none of" in shown
    assert "2 rows: resolution is Shelved, which is none of" in shown
    assert shown.index("1 row: resolution is A, ") < shown.index("2 rows: other values (data/issues.csv record 9")


def test_a_text_that_no_setting_reads_is_left_to_the_mapping(mine: Path) -> None:
    (mine / "data/issues.csv").write_text(ISSUES.replace("29/04/25", "N/A"))

    shown = " ".join(run(mine, "feed", "work_items").out.split())

    assert "1 row: due_date can't be read as date; wanted: 2025-04-28, or `dates: dmy` in `files`" in shown
    assert "wanted: 2025-04-28; the mapping must turn it into that, or into NULL (`N/A` in data/issues.csv" in shown


def test_files_of_other_columns_that_are_united_are_named_with_their_columns(mine: Path) -> None:
    (mine / "data/more.csv").write_text("Key,Name\nB1,Search\n")
    (mine / "feeds/work_items.sql").write_text("select * from raw.issues union all select * from raw.more")

    said = " ".join(run(mine, "feed", "work_items").err.split())

    assert "the SELECTs that it unites have different numbers of columns." in said
    assert "data/more.csv (comma, UTF-8) has Key, Name. To fix: name the columns that all of them have" in said


def test_watch_shows_the_feed_again_after_a_save(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchfiles.watch", lambda *_, **__: [(mine / "data/issues.csv").write_text("Key\n")])
    said = run(mine, "feed", "work_items", "--watch")

    assert said.exit_code == 0
    assert "4 records" in said.out
    assert said.out.count("Watching") == 2
    assert "data/issues.csv" in said.err or "work_items.sql" in said.err


def test_too_many_rejects_stop_at_landing_with_a_command_that_works_pasted(mine: Path) -> None:
    said = run(mine, "land")

    assert said.exit_code == 1
    assert "source files could not be landed" in said.err
    assert "2 of 3 rows of feed work_items are rejected (66.7%, limit 1.0%)" in said.err
    assert "`28/04/25` in data/issues.csv record 1" in said.err
    assert not list((mine.parent / "homes").glob("mine/landing/work_items/source=files"))
    home, command, *arguments = shlex.split(said.err.partition("mapping; `")[2].partition("`")[0])
    assert (home, command) == (f"OUTCOMES_HOME={mine.parent / 'homes'}", "outcomes")
    assert "2 rows: due_date" in run(mine, *arguments).out


def test_land_lands_and_builds_nothing(mine: Path) -> None:
    with changed(mine, [("portfolio.yml", "name: mine", "name: mine\nthresholds: {quarantine_fail_share: 1}")]):
        said = run(mine, "land")

    assert said.exit_code == 0
    assert "work_items" in said.out and "landed" in said.out
    assert sorted(path.name for path in (mine.parent / "homes/mine").iterdir()) == [
        ".lock", "key", "landing", "portfolio.txt", "quarantine", "tmp"
    ]  # fmt: skip
    assert "unchanged" in run(mine, "land").out  # the limit is that of new loads


def test_a_file_that_no_mapping_reads_is_named(mine: Path) -> None:
    (mine / "data/issues-2.csv").write_text(ISSUES)
    with changed(mine, [("portfolio.yml", "name: mine", "name: mine\nthresholds: {quarantine_fail_share: 1}")]):
        said = run(mine, "land")

    assert "data/issues-2.csv: no mapping of source files reads it" in said.err
    assert "data/issues.csv:" not in said.err
    assert "no mapping reads data/issues-2.csv. Next: unite them" in run(mine, "doctor").out


def test_a_file_that_another_source_of_the_folder_reads_is_not_named(mine: Path) -> None:
    (mine / "data/forum.csv").write_text("id,opened\nF1,2025-01-02T10:00:00Z\n")
    (mine / "data/left.csv").write_text("id\n1\n")
    (mine / "feeds/forum").mkdir()
    (mine / "feeds/forum/support_tickets.sql").write_text(
        "select id as ticket_id, opened as opened_at, _file, _record from raw.forum"
    )
    sources = "name: mine\nsources: [{name: files}, {name: forum}]\nthresholds: {quarantine_fail_share: 1}"
    with changed(mine, [("portfolio.yml", "name: mine", sources)]):
        said = run(mine, "land")
        doctor = run(mine, "doctor").out

    named = [line for line in said.err.splitlines() if "no mapping of" in line]
    assert named == ["outcomes: data/left.csv: no mapping of source files or forum reads it"]
    assert doctor.count("no mapping reads data/left.csv") == 2
    assert "no mapping reads data/forum.csv" not in doctor and "no mapping reads data/issues.csv" not in doctor


@pytest.mark.parametrize(
    ("declared", "is_said"), [("", True), ("covers: {ledger_entries: [[2025-01-01, 2025-02-01]]}", False)]
)
def test_an_export_that_ends_long_before_it_was_seen_is_said_unless_covers_is_declared(
    declared: str, is_said: bool, mine: Path
) -> None:
    (mine / "feeds/ledger_entries.csv").write_text(LEDGER)
    source = f"\nsources: [{{name: files, {declared}}}]\n"
    with changed(mine, [("portfolio.yml", "name: mine", f"name: mine{source}")]):
        said = run(mine, "feed", "ledger_entries").out
    assert ("the newest row of ledger_entries is of 2025-01-01, " in said) is is_said


def test_ledger_entries_need_accounts(mine: Path) -> None:
    (mine / "feeds/ledger_entries.csv").write_text(
        "ledger_entry_id,posted_date,account_code,amount,currency\n1,2025-01-01,1,1,EUR\n"
    )
    assert "Not measured (no data in accounts): Cost · Revenue" in run(mine, "feed", "ledger_entries").out


def test_the_catalog_declares_what_the_build_measures() -> None:
    assert {name: (m.label, m.description, m.meta) for name, m in declared().items()} == {
        name: (m.label, m.description, m.meta) for name, m in metrics().items()
    }


def test_the_columns_of_a_feed_are_listed_without_a_portfolio(tmp_path: Path) -> None:
    said = outcomes("feed", "benefits", "--columns", home=tmp_path / "homes", portfolio=tmp_path / "nowhere")
    assert said.exit_code == 0
    assert "amount (decimal, required): Amount, a disbenefit negative" in said.out
    assert "scenario (string, key): Planned or actual; one of planned, actual" in said.out
    assert "Rule: month must be the first day of a month." in said.out


def test_a_value_that_breaks_a_rule_is_named_with_its_column(mine: Path) -> None:
    goal = "key_result_id,objective_id,name,kind,goal_type,baseline_value,target_value\n1,O,NPS,outcome,reach,1.0,1\n"
    (mine / "feeds" / "key_results.csv").write_text(goal)
    said = " ".join(run(mine, "feed", "key_results").out.split())
    assert "a target to reach must differ from its baseline (baseline_value `1.0`, target_value `1` in " in said


def test_a_personal_value_that_breaks_a_rule_is_not_shown(mine: Path) -> None:
    rates = "person_id,team_id,valid_from,hourly_cost,currency\nann@x.example,T1,2025-01-01,50,EUR\n"
    (mine / "feeds" / "labour_rates.csv").write_text(rates)
    said = " ".join(run(mine, "feed", "labour_rates").out.split())
    assert "is needed (team_id `T1` in " in said and "ann@x" not in said
