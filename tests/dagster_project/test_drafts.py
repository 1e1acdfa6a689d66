"""What `outcomes init --from` drafts of exports as they are: no figure may be false without a line that says `check:`."""

from pathlib import Path

import pytest

from sources.contracts import load_contracts
from sources.drafting.profiles import Column
from sources.drafting.values import unit_of
from tests.dagster_project.test_init import EXPORTS, REGISTER
from tests.end_to_end.harness import Said, outcomes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def run(folder: Path, *arguments: str | Path) -> Said:
    return outcomes(*arguments, home=folder.parent / "homes", portfolio=folder)


def init(folder: Path, files: dict[str, str], *arguments: str) -> Said:
    """A portfolio from files of these names and texts."""
    for name, text in files.items():
        (folder.parent / name).write_text(text)
    given = [part for name in files for part in ("--from", str(folder.parent / name))]
    return run(folder, "init", folder, "--currency", "EUR", *given, *arguments)


def drafted(folder: Path, feed: str) -> str:
    return (folder / "feeds" / f"{feed}.sql").read_text()


def fill_in(folder: Path, feed: str, **values: str) -> None:
    """Correct single lines of a draft, as a human does: the SQL of columns."""
    lines = drafted(folder, feed).splitlines()
    for column, sql in values.items():
        at = [n for n, line in enumerate(lines) if line.endswith(f" as {column},")]
        lines[at[0]] = f"{sql} as {column},"
    (folder / "feeds" / f"{feed}.sql").write_text("\n".join(lines))


USERS = ("ann@x.example", "Ann@x.example", "ANN@X.EXAMPLE ", "bob@x.example")
EVENTS = "".join(
    f'{{"event": "login", "ts": {1790000000000 + n}, "visitor": "v{who}"}}\n' for n, who in enumerate((1, 2, 3, 3))
)


def test_a_key_that_is_filled_in_once_counts_each_of_its_members(folder: Path) -> None:
    init(folder, {"ev.jsonl": EVENTS})
    fill_in(folder, "usage_daily", product_id="'app'", user_id='"visitor"')
    said = run(folder, "feed", "usage_daily").out
    assert "4 records: 3 rows would land, 0 are rejected, 1 is excluded." in said


def test_no_record_without_a_key_is_counted_with_another(folder: Path) -> None:
    init(folder, {"ev.jsonl": EVENTS})
    assert "0 rows would land, 4 are rejected, 0 are excluded" in run(folder, "feed", "usage_daily").out


def test_a_corrected_id_is_that_of_which_the_last_record_is_taken(folder: Path) -> None:
    log = "case_id,title,status,time:timestamp,whole\nC1,Order,open,2025-01-01T08:00:00Z,W1\n"
    init(folder, {"log.csv": log + "C1,Order,in_progress,2025-01-02T08:00:00Z,W2\n"}, "--feed", "work_items")
    fill_in(folder, "work_items", work_item_id='"whole"')
    assert "2 rows would land" in run(folder, "feed", "work_items").out


def test_a_users_address_may_be_who_used_a_product(folder: Path) -> None:
    init(folder, {"ev.jsonl": EVENTS.replace("visitor", "user").replace('"v', '"v@x.example ')})
    assert '"user" as user_id' in drafted(folder, "usage_daily")


def test_an_address_in_capitals_is_the_same_users(folder: Path) -> None:
    events = "".join(f'{{"event": "login", "ts": 1790000000000, "user": "{who}", "product": "app"}}\n' for who in USERS)
    init(folder, {"ev.jsonl": events})
    assert "check: some differ in case or spaces only: read in lower case" in drafted(folder, "usage_daily")
    assert "4 records: 2 rows would land" in run(folder, "feed", "usage_daily").out


def test_teams_that_differ_in_case_are_to_be_checked(folder: Path) -> None:
    init(folder, {"issues.csv": "Key,Summary,Team,Created\nA,One,Web,2025-01-01\nB,Two,web,2025-01-01\n"})
    said = '-- check: some differ in case or spaces only, and are taken as different\n    "Team" as team_id'
    assert said in drafted(folder, "work_items")


PORTFOLIO = "ID,Project Name,Start Date,TOTAL Baseline Whole Life Costs (£m),TOTAL Baseline Benefits (£m)\n" + "".join(
    f"P{n},Project {n},2024-05-0{n},1{n}.5,2{n}.5\n" for n in (1, 2)
)


def test_a_benefit_is_taken_from_the_column_of_benefits_in_its_unit(folder: Path) -> None:
    init(folder, {"register.csv": PORTFOLIO}, "--feed", "benefits")
    assert "check: its name says that it is in millions: multiplied by 1000000" in drafted(folder, "benefits")
    fill_in(folder, "benefits", month="'2024-05-01'", benefit_type="'hard'", scenario="'planned'")
    said = run(folder, "feed", "benefits").out
    assert "21500000 " in said and "22500000 " in said


def test_a_cost_is_no_benefit_and_a_benefit_no_budget(folder: Path) -> None:
    costs = PORTFOLIO.replace("TOTAL Baseline Benefits", "TOTAL Forecast Costs")
    init(folder, {"costs.csv": costs}, "--feed", "benefits")
    assert "null as amount" in drafted(folder, "benefits")
    benefits = PORTFOLIO.replace("Whole Life Costs", "Savings")
    (folder / "data" / "costs.csv").unlink()
    init(folder, {"benefits.csv": benefits}, "--feed", "budgets")
    assert "null as amount" in drafted(folder, "budgets")


def test_the_currency_is_that_whose_sign_the_amounts_have(folder: Path) -> None:
    init(folder, {"register.csv": PORTFOLIO}, "--feed", "benefits")
    assert "-- check: by the sign of its amounts: ISO 4217 code or a declared token\n    'GBP' as currency" in drafted(
        folder, "benefits"
    )


def test_each_amount_has_the_currency_of_its_sign_or_is_rejected(folder: Path) -> None:
    ledger = "Num,Date,Account,Amount\n1,2025-01-15,6000,£1.50\n2,2025-01-16,6000,€2\n3,2025-01-16,6000,$3\n"
    init(folder, {"ledger.csv": ledger}, "--feed", "ledger_entries")
    said = run(folder, "feed", "ledger_entries").out
    assert "2 rows would land, 1 is rejected" in said and "GBP" in said and "EUR" in said
    assert "currency is missing (data/ledger.csv record 3)" in said


def test_a_sign_of_several_currencies_is_left_to_a_human_where_none_of_them_is_reported(folder: Path) -> None:
    ledger = "Num,Date,Account,Amount\n1,2025-01-15,6000,$1.50\n2,2025-01-16,6000,$2\n"
    init(folder, {"ledger.csv": ledger}, "--feed", "ledger_entries")
    assert "null as currency" in drafted(folder, "ledger_entries")


@pytest.mark.parametrize(("value", "read"), [("1.234", "decimals"), ('"1,234"', "thousands")])
def test_a_sign_that_may_be_of_thousands_or_of_decimals_is_to_be_checked(value: str, read: str, folder: Path) -> None:
    ledger = f"Num,Date,Account,Amount\n1,2025-01-15,6000,{value}\n2,2025-01-16,6000,{value}\n"
    init(folder, {"ledger.csv": ledger}, "--feed", "ledger_entries")
    said = f"check: the sign in {value.strip(chr(34))} may be that of thousands or of decimals: read as of {read}"
    assert said in drafted(folder, "ledger_entries")


def test_of_several_columns_of_an_amount_the_others_are_named(folder: Path) -> None:
    register = PORTFOLIO.replace("Baseline Benefits", "Forecast Costs")
    init(folder, {"register.csv": register}, "--feed", "budgets")
    assert "check: taken by a part of its name; so might be TOTAL Forecast Costs (£m)" in drafted(folder, "budgets")


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        *((name, "1000000") for name in ("Cost (£m)", "Betrag Mio. €", "amount in millions", "M€", "EURm", "Cost (m)")),
        *(
            (name, "1000")
            for name in ("Cost (€k)", "Betrag in T€", "TEUR", "amount 000s", "Kosten Tsd. EUR", "($'000)")
        ),
        *((name, "1000000000") for name in ("Budget $bn", "Mrd. EUR", "billions")),
        *((name, "0.01") for name in ("amount_cents", "price in pence")),
        *(
            (name, None)
            for name in ("Amount", "Cost per mile", "Team costs", "Amount (EUR)", "Mitarbeiter €", "Cost TM")
        ),
    ],
)
def test_a_unit_in_the_name_of_amounts_is_known(name: str, factor: str | None) -> None:
    unit = unit_of(Column(name, "decimal", 1, 0, 1, ("1",)))
    assert (unit and unit[0]) == factor


def test_a_unit_is_multiplied_in_and_in_the_control_total_too(folder: Path) -> None:
    ledger = "Num,Date,Account,Amount (€k)\n1,2025-01-15,6000,1.5\n2,2025-01-16,6000,2\n"
    init(folder, {"ledger.csv": ledger}, "--feed", "ledger_entries")
    said = run(folder, "feed", "ledger_entries").out
    assert "1500 " in said and "2000 " in said


OKRS = (
    "Objective,KR #,Key result,Start,Target,Current\nO1,1.1,Churn,0.202,0.121,0.166\n"
    "O1,1.2,Churn of b,20.2 %,12.1 %,17.9 %\nO2,2.1,Churn,0.3,0.1,0.2\n"
)


def test_a_percent_sign_makes_a_value_a_hundredth(folder: Path) -> None:
    init(folder, {"pct.csv": OKRS}, "--feed", "key_results")
    assert "check: a value with a percent sign, such as 20.2 %, is a hundredth of its number" in drafted(
        folder, "key_results"
    )
    fill_in(folder, "key_results", kind="'outcome'")
    said = run(folder, "feed", "key_results").out
    assert said.count("0.202 ") == 2 and said.count("0.121 ") == 2


def test_a_sheet_of_key_results_is_drafted_as_such_by_their_numbers(folder: Path) -> None:
    said = init(folder, {"okr.csv": OKRS}).out
    assert "Fits key_results: key_result_id ← KR #" in said and "work_items" not in said
    fill_in(folder, "key_results", kind="'outcome'")
    # two of the same name are two
    assert "3 rows would land, 0 are rejected, 0 are excluded" in run(folder, "feed", "key_results").out


NUMBERED = "Objective,KR #,Key result,Start,Target,Current\nO1,1,Churn,1,2,3\nO1,2,NPS,1,2,3\nO2,1,Churn,4,5,6\n"


def test_a_number_of_key_results_within_their_objective_is_an_id_with_it(folder: Path) -> None:
    init(folder, {"okr.csv": NUMBERED})
    init(folder, {"okr.csv": NUMBERED}, "--feed", "key_result_checkins")
    for feed in ("key_results", "key_result_checkins"):
        assert """"Objective" || ': ' || "KR #" as key_result_id""" in drafted(folder, feed)


def test_key_results_of_the_same_name_are_not_one(folder: Path) -> None:
    init(folder, {"okr.csv": "Objective,Key result,Start,Target\nO1,Churn,1,2\nO1,Churn,3,4\n"})
    fill_in(folder, "key_results", kind="'outcome'")
    assert "2 rows would land, 0 are rejected, 0 are excluded" in run(folder, "feed", "key_results").out


def test_days_written_in_several_ways_are_read_and_named(folder: Path) -> None:
    rows = "1,2025-03-28,3\n2,29.03.2025,4\n3,,5\n4,soon,6\n5,30.03.2025,7\n"
    init(folder, {"values.csv": f"KR,Updated,Value\n{rows}"}, "--feed", "key_result_checkins")
    text = drafted(folder, "key_result_checkins")
    assert "check: written in several ways, read as %d.%m.%Y or %Y-%m-%d" in text
    assert "check: 1 value is no dates, such as soon: their rows are rejected" in text
    said = run(folder, "feed", "key_result_checkins").out
    assert "3 rows would land, 2 are rejected" in said and "2025-03-29 00:00:00" in said


def test_days_in_both_orders_are_left_to_a_human(folder: Path) -> None:
    rows = "1,28/03/2025,3\n2,03/29/2025,4\n3,01/02/2025,5\n"
    init(folder, {"values.csv": f"KR,Updated,Value\n{rows}"}, "--feed", "key_result_checkins")
    text = drafted(folder, "key_result_checkins")
    assert "null as checked_at" in text
    assert "check: Updated may be it, but some of its days have the day first, others the month" in text


def test_an_optional_column_is_read_where_its_values_are_what_they_should(folder: Path) -> None:
    rows = "".join(f"P{n},Project {n},{n}0/01/2025\n" for n in (1, 2)) + "P3,Project 3,N/A\n"
    init(folder, {"projects.csv": f"Project ID,Project Name,End Date\n{rows}"}, "--feed", "initiatives")
    assert "check: 1 value is no dates, such as N/A: left empty" in drafted(folder, "initiatives")
    assert "3 rows would land" in run(folder, "feed", "initiatives").out


def test_a_column_that_is_not_used_because_of_its_values_is_named_with_them(folder: Path) -> None:
    rows = "P1,Project 1,10/01/2025\nP2,Project 2,N/A\nP3,Project 3,Exempt\n"
    init(folder, {"projects.csv": f"Project ID,Project Name,End Date\n{rows}"}, "--feed", "initiatives")
    assert "not used: End Date (its values are not all such, as" in drafted(folder, "initiatives")


def test_the_drafts_of_a_file_call_a_thing_the_same(folder: Path) -> None:
    register = REGISTER.replace("Border", "Fleet 1")  # two projects of the same name
    for feed in ("initiatives", "budgets", "benefits", "initiative_reports"):
        init(folder, {"register.csv": register}, "--feed", feed)
        assert '"Project ID Number" as initiative_id' in drafted(folder, feed)


def test_a_ledgers_project_is_not_its_entry(folder: Path) -> None:
    ledger = "Entry No,Date,Account,Amount,Project Name\n1,2025-01-15,6000,1,Shop\n2,2025-01-16,6000,2,Shop\n"
    init(folder, {"ledger.csv": ledger}, "--feed", "ledger_entries")
    assert '"Project Name" as initiative_id' in drafted(folder, "ledger_entries")


def test_health_is_told_by_its_colours_and_a_start_is_no_report(folder: Path) -> None:
    rows = "P1,One,01/05/2024,Amber\nP2,Two,13/05/2024,Red\nP3,Three,14/05/2024,Green\n"
    init(
        folder,
        {"register.csv": f"Project ID,Project Name,Start Date,Assessment\n{rows}"},
        "--feed",
        "initiative_reports",
    )
    text = drafted(folder, "initiative_reports")
    assert """when 'Amber' then 'amber'""" in text and "check: taken by its values" in text
    assert "null as reported_at" in text


def test_a_parent_and_its_parts_are_not_both_counted(folder: Path) -> None:
    issues = "Key,Summary,State,Created,Epic Link\nA-1,Epic,Open,2025-01-01,\nA-2,Story,Open,2025-01-01,A-1\n"
    init(folder, {"issues.csv": issues + "A-3,Story,Open,2025-01-01,\n"}, "--feed", "work_items")
    said = run(folder, "feed", "work_items").out
    found = {line.split()[0]: line.split() for line in said.splitlines() if line.strip().startswith("A-")}
    assert {key: "true" in row for key, row in found.items()} == {"A-1": False, "A-2": True, "A-3": True}


def test_columns_of_the_same_name_are_proposed_as_lists(folder: Path) -> None:
    issues = "Key,Summary,Sprint,Sprint,Sprint\nA-1,One,S1,S2,\nA-2,Two,S1,,\n"
    said = init(folder, {"issues.csv": issues}).out
    advice = "Sprint occurs 3 times: `lists: [Sprint]` under `files` in portfolio.yml"
    assert advice in " ".join(said.split()) and advice in drafted(folder, "work_items")


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_with_a_ready_mapping_is_known_before_a_draft_is_in_its_way(name: str, folder: Path) -> None:
    file, text = next(iter(EXPORTS[name].items()))
    said = " ".join(init(folder, {f"my-{file}": text}).out.split())
    assert f"--example {name}`" in said and "nothing is drafted of it" in said
    assert not list((folder / "feeds").iterdir())
    init(folder, {f"my-{file}": text}, "--example", name)  # its mapping reads the file, as it is called
    view = f"my-{file}".rpartition(".")[0].replace("-", "_")
    assert any(f'raw."{view}"' in path.read_text() for path in (folder / "feeds").glob("*.sql"))


def test_a_known_export_that_lacks_much_is_drafted_after_a_word_on_the_example(folder: Path) -> None:
    jira = "Summary,Issue key,Issue Type,Status,Project key,Created\nBasket,A-1,Story,Done,A,2025-04-28\n"
    said = " ".join(init(folder, {"export.csv": jira}).out.split())
    assert said.index("It reads columns that this file lacks: ") < said.index("work_items.sql")


def test_lines_below_the_names_are_no_records(folder: Path) -> None:
    text = EXPORTS["qualtrics"]["qualtrics.csv"].replace("Q1_NPS", "Score")
    said = init(folder, {"qualtrics.csv": text}, "--feed", "survey_responses").out
    assert "2 rows looked at" in said
    shown = run(folder, "feed", "survey_responses").out
    assert "4 records: 1 row would land, 0 are rejected, 3 are excluded" in shown and "2 rows: header" in shown


def test_a_survey_without_a_score_promises_no_metric(folder: Path) -> None:
    said = init(folder, {"survey.csv": "Response ID,Date,Q7\nR1,2025-04-28,9\n"}, "--feed", "survey_responses").out
    assert "To fill in first, or survey_responses gives nothing: survey_type, score" in said
    assert "Metrics that have all their feeds" not in said


def test_files_that_differ_in_a_word_are_told_apart(folder: Path) -> None:
    editions = {f"{year}.csv": PORTFOLIO.replace("Start", word) for year, word in ((2023, "IPA"), (2024, "NISTA"))}
    said = " ".join(init(folder, editions, "--feed", "initiatives").out.split())
    assert "Their columns differ: IPA Date here, NISTA Date there." in said
    assert "more of its columns" not in said


def test_a_column_is_unique_among_the_records_of_all_files(folder: Path) -> None:
    sheets = {f"q{n}.csv": f"KR #,Updated,Value\n1.1,2025-0{n}-01,3\n1.2,2025-0{n}-01,4\n" for n in (1, 2)}
    said = init(folder, sheets).out
    assert "decimal, unique in each file" in said


def test_what_was_taken_without_asking_is_said(folder: Path) -> None:
    said = " ".join(run(folder, "init", folder, "--currency", "EUR", "--title", "Mine").out.split())
    assert "Taken without asking: time_zone: UTC, fiscal_year_start_month: 1. To change: " in said
    assert "title: " not in said.partition("To change")[0]


def test_a_draft_names_the_whole_command(folder: Path) -> None:
    init(folder, {"ev.jsonl": EVENTS})
    assert f"then `outcomes feed usage_daily --portfolio {folder}`" in drafted(folder, "usage_daily")


def test_each_feed_drafts_of_a_register_is_a_select(folder: Path) -> None:
    for feed in load_contracts():
        init(folder, {"register.csv": REGISTER}, "--feed", feed)
        said = run(folder, "feed", feed)
        assert "10 records:" in said.out, said.err


def test_an_answer_counts_once_its_score_is_filled_in_though_it_has_no_comment(folder: Path) -> None:
    pulse = "Respondent,Date,Q7,Comment\nP1,2025-11-25,9,\nP2,2025-11-26,k. A.,\nP3,2025-11-27,3,More time\n"
    init(folder, {"pulse.csv": pulse}, "--feed", "survey_responses")
    fill_in(folder, "survey_responses", score="nullif(\"Q7\", 'k. A.')", survey_type="'enps'", question_id="'Q7'")
    said = run(folder, "feed", "survey_responses").out
    assert "2 rows would land, 0 are rejected, 1 is excluded" in said, drafted(folder, "survey_responses")


@pytest.mark.parametrize(("zone", "day"), [("UTC", "2025-01-07"), ("Europe/Berlin", "2025-01-08")])
def test_an_events_day_is_that_of_the_portfolios_zone(folder: Path, zone: str, day: str) -> None:
    event = '{"event": "login", "ts": "2025-01-07T18:30:00-05:00", "user_id": "u1", "product": "app"}\n'
    init(folder, {"ev.jsonl": event}, "--time-zone", zone)
    assert f"check: the day of a moment in {zone}" in drafted(folder, "usage_daily")
    assert day in run(folder, "feed", "usage_daily").out


def test_a_repeated_row_makes_no_tickets_of_the_issues_of_a_known_export(folder: Path) -> None:
    head, *rows = EXPORTS["jira-csv"]["jira.csv"].splitlines()
    for name in ("Parent key", "Due date", "Status Category", "Assignee Id"):
        head = head.replace(name, f"Our {name}")
    said = init(folder, {"jira.csv": "\n".join([head, *rows, rows[-1], ""])}).out
    assert "Fits work_items" in said and (folder / "feeds/work_items.sql").exists(), said
    assert not (folder / "feeds/support_tickets.sql").exists()


def test_what_is_said_of_a_draft_is_said_of_one_that_was_written(folder: Path) -> None:
    (folder / "feeds").mkdir(parents=True)
    (folder / "feeds/usage_daily.sql").write_text("select 1 as mine")
    said = init(folder, {"ev.jsonl": EVENTS}, "--feed", "usage_daily").out
    assert "exists, and stays as it is. To draft it again, remove it first." in " ".join(said.split())
    assert "To fill in first" not in said and "check:" not in said
