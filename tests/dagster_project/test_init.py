"""`outcomes init`: a portfolio from files of which nobody has written a mapping, or from an export of a known tool."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import read_portfolio
from sources.drafting.ready import examples
from tests.end_to_end.harness import Said, outcomes
from tests.sources.spreadsheets import Sheet, xlsx

ISSUES = (
    "Key,Summary,State,Type,Created,Due,Done,Estimate\n"
    'A-1,Basket,Closed,Story,28/04/2025 09:00,28/04/2025,01/02/2025 09:30,"1.000,5"\n'
    'A-2,Search,Open,Bug,02/01/2025 09:00,29/04/2025,,"2,0"\n'
)
# a few lines of each export, in the layout that its mapping declares
EXPORTS = {
    "jira-csv": {
        "jira.csv": "Issue key,Parent key,Issue Type,Summary,Status,Status Category,Project key,Assignee Id,Created,Due date,"
        "Resolved,Resolution,Sprint\n"
        "A-1,,Story,Basket,Closed,Done,A,u1,28/Apr/25 9:00 AM,30/Apr/25 12:00 AM,29/Apr/25 4:30 PM,Done,S1\n"
        "A-2,A-1,Bug,Search,Open,To Do,A,,28/Apr/25 9:00 AM,,,,S1\n"
    },
    "xero": {
        "xero.csv": "Date,Source,Description,Reference,Debit,Credit,Account Code,Account,Account Type\n"
        '28 Apr 2025,Bill,Rent,R1,"1,200.50",,469,Rent,Expense\n29 Apr 2025,Invoice,Sale,R2,,300.00,200,Sales,Revenue\n'
        "30 Apr 2025,Bill,Rent,R3,10.00,,469,Rent,Expense\n"
    },
    "quickbooks-csv": {
        "quickbooks.csv": "Date,Transaction Type,Num,Name,Memo/Description,Account,Split,Amount\n"
        '04/28/2025,Bill,1,Landlord,Rent,Rent,AP,"1,200.50"\n04/29/2025,Invoice,2,Client,Sale,Sales,AR,300.00\n',
        "accounts.csv": "Full name,Type,Detail type\nRent,Expenses,Rent or lease\nSales,Income,Service\n",
    },
    "stripe": {
        "stripe.csv": "balance_transaction_id,created_utc,created,currency,gross,fee,net,reporting_category,customer_id,description\n"
        "txn_1,2025-04-28 09:00:00,2025-04-28 11:00:00,eur,100.00,1.75,98.25,charge,cus_1,Order\n"
        "txn_2,2025-04-29 09:00:00,2025-04-29 11:00:00,eur,-98.25,0.00,-98.25,payout,,Payout\n"
    },
    "zendesk": {
        "tickets.jsonl": '{"id": 1, "requester_id": 7, "organization_id": null, "created_at": "2025-04-28T09:00:00Z", '
        '"priority": "high", "status": "solved", "via": {"channel": "web"}, "metric_set": {"reopens": 1, '
        '"reply_time_in_minutes": {"calendar": 30}, "solved_at": "2025-04-29T09:00:00Z"}}\n'
        '{"id": 2, "requester_id": 8, "organization_id": 5, "created_at": "2025-04-28T09:00:00Z", "priority": null, '
        '"status": "deleted", "via": {"channel": "email"}, "metric_set": {"reopens": 0, "reply_time_in_minutes": '
        '{"calendar": null}, "solved_at": null}}\n'
    },
    "qualtrics": {
        "qualtrics.csv": "StartDate,EndDate,Status,Finished,RecordedDate,ResponseId,RecipientEmail,ExternalReference,Q1_NPS,Q2\n"
        "Start,End,Response Type,Finished,Recorded,Response ID,Email,Reference,How likely?,Why?\n"
        '"{""ImportId"":""startDate""}",x,x,x,x,x,x,x,x,x\n'
        "2025-04-28 09:00:00,2025-04-28 09:01:00,0,1,2025-04-28 09:01:05,R_1,ann@x.example,,9,Good\n"
        "2025-04-28 09:00:00,2025-04-28 09:01:00,0,0,2025-04-28 09:01:05,R_2,,c2,,\n"
    },
    # as hledger 1.25 writes a journal with decimal commas, and bean-query 0.2.0 a ledger
    "hledger": {
        "hledger.csv": '"txnidx","date","date2","status","code","description","comment","account","amount","commodity","credit",'
        '"debit","posting-status","posting-comment"\n'
        '"1","2025-04-28","","*","","Landlord","team: T1, project:P7","expenses:rent","1200,50","EUR","","1200,50","","note, team:T9"\n'
        '"1","2025-04-28","","*","","Landlord","team: T1, project:P7","[assets:x]","1,00","EUR","","1,00","",""\n'
        '"1","2025-04-28","","*","","Landlord","team: T1, project:P7","[assets:y]","-1,00","EUR","1,00","","",""\n'
        '"1","2025-04-28","","*","","Landlord","team: T1, project:P7","assets:bank","-1200,50","EUR","1200,50","","",""\n'
        '"2","2025-05-02","","","","Mixed","","expenses:a","1,00","EUR","","1,00","",""\n'
        '"2","2025-05-02","","","","Mixed","","expenses:a","2","USD","","2","",""\n'
        '"2","2025-05-02","","","","Mixed","","assets:bank","-1,00","EUR","1,00","","",""\n'
        '"2","2025-05-02","","","","Mixed","","assets:bank","-2","USD","2","","",""\n'
    },
    "beancount": {
        "beancount.csv": "id,date,payee,narration,account,number,currency,team\r\n"
        'bf4e1e16cca81add68bc993a9f34731e,2025-04-28,"Landlord, ""x""","Rent\ntwo lines",Expenses:Rent, 1200.505,EUR,T1\r\n'
        'bf4e1e16cca81add68bc993a9f34731e,2025-04-28,"Landlord, ""x""","Rent\ntwo lines",Expenses:Rent,    1    ,EUR,T2\r\n'
        'bf4e1e16cca81add68bc993a9f34731e,2025-04-28,"Landlord, ""x""","Rent\ntwo lines",Assets:Bank,-1201.505,EUR,T1\r\n'
        "bd256c6460abcca0083b13cd38d83e17,2025-04-29,,Rent,Income:Sales,   -1    ,EUR,\r\n"
    },
    "okr-sheet": {
        "okrs.csv": "Objective,Key result,Kind,Team,Start,Due,Baseline,Target,Unit,Current,Confidence,Updated\n"
        "Grow,Sign-ups,Outcome,T1,2025-01-01,2025-03-31,10,50,count,20,0.7,2025-02-01\n"
        "Grow,Churn,Outcome,T1,2025-01-01,2025-03-31,8,4,percent,,,\n"
    },
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "My Portfolio"


def run(folder: Path, *arguments: str | Path) -> Said:
    return outcomes(*arguments, home=folder.parent / "homes", portfolio=folder)


def init(folder: Path, *arguments: str) -> Said:
    return run(folder, "init", folder, "--currency", "EUR", *arguments)


def test_flags_write_a_portfolio(folder: Path) -> None:
    said = run(folder, "init", folder, "--currency", "CHF", "--time-zone", "Europe/Zurich", "--fiscal-year-start", "7")
    portfolio = read_portfolio(folder)

    assert said.exit_code == 0
    assert (portfolio.name, portfolio.title, portfolio.reporting_currency) == ("my-portfolio", "My Portfolio", "CHF")
    assert (portfolio.time_zone, portfolio.fiscal_year_start_month) == ("Europe/Zurich", 7)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name it with --currency"),
        (("--currency", "eur"), "reporting_currency: 'eur' must be written in capitals"),
        (("--currency", "EUR", "--time-zone", "Mars"), "not an IANA time zone"),
        (("--currency", "EUR", "--from", "nowhere.csv"), "nowhere.csv: there is no such file"),
        (("--currency", "EUR", "--example", "sap"), "choose one of beancount, hledger, jira-csv"),
    ],
)
def test_what_is_wrong_writes_nothing(arguments: tuple[str, ...], words: str, folder: Path) -> None:
    said = run(folder, "init", folder, *arguments)
    assert said.exit_code in (1, 2)
    assert words in said.err
    assert not folder.exists()


def test_a_draft_of_a_plain_export_lands_as_it_is(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text(ISSUES)
    said = run(
        folder, "init", folder, "--currency", "EUR", "--time-zone", "Europe/Berlin", "--from", tmp_path / "issues.csv"
    )
    shown = run(folder, "feed", "work_items")

    assert "Fits work_items: work_item_id ← Key" in said.out
    assert "timestamp %d/%m/%Y %H:%M" in said.out
    assert (shown.exit_code, shown.err) == (0, "")
    assert "2 rows would land" in shown.out
    assert "2025-04-28 07:00:00" in shown.out  # 09:00 in Berlin
    assert "1000.5" in shown.out
    mapping = (folder / "feeds/work_items.sql").read_text()
    assert "-- check: the file has no column for it: counted as a deliverable" in mapping
    assert "-- check: a time without a zone is that of Europe/Berlin" in mapping


def test_an_ambiguous_date_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text("Key,Summary,Created\nA,One,01/02/2025\nB,Two,03/04/2025\n")
    run(folder, "init", folder, "--currency", "EUR", "--from", tmp_path / "issues.csv")
    mapping = (folder / "feeds/work_items.sql").read_text()
    assert "check: %d/%m/%Y reads every value, such as 01/02/2025; so does %m/%d/%Y" in mapping


def test_a_year_of_two_digits_is_drafted_as_one(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text(ISSUES.replace("/2025", "/25"))
    assert init(folder, "--from", str(tmp_path / "issues.csv")).exit_code == 0
    mapping = (folder / "feeds/work_items.sql").read_text()
    assert "'%d/%m/%y %H:%M'" in mapping and "%Y" not in mapping.replace("%Y/%m", "")


def test_each_column_of_a_repeated_name_is_profiled_by_its_own(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text("Key,Summary,Sprint,Sprint\nA-1,Basket,first,second\nA-2,Search,first,\n")
    lines = [line.split() for line in init(folder, "--from", str(tmp_path / "issues.csv")).out.splitlines()]
    assert ["Sprint", "text", "0", "first"] in lines
    assert ["Sprint_2", "text", "1", "second"] in lines


def test_a_file_that_can_t_be_read_leaves_the_others_drafted(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text(ISSUES)
    (tmp_path / "broken.json").write_text("{")
    said = init(folder, "--from", str(tmp_path / "broken.json"), "--from", str(tmp_path / "issues.csv"))
    assert said.exit_code == 1 and "broken.json" in said.err
    assert (folder / "feeds/work_items.sql").exists()


def test_a_file_that_could_not_be_read_is_taken_once_it_can(folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "issues.csv"
    bad.write_text('Key,Summary\n"A-1,Basket\n')
    assert init(folder, "--from", str(bad)).exit_code == 1
    bad.write_text(ISSUES)
    assert init(folder, "--from", str(bad)).exit_code == 0
    assert (folder / "data/issues.csv").read_text() == ISSUES


def test_what_a_portfolio_says_of_a_file_is_used_when_it_is_drafted_again(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text("A report\n" + ISSUES)
    assert init(folder).exit_code == 0
    with (folder / "portfolio.yml").open("a") as declared:
        declared.write("files: {issues.csv: {header: 2, footer: 1}}\n")
    said = init(folder, "--from", str(tmp_path / "issues.csv"))
    assert "1 rows looked at" in said.out
    assert init(folder, "--from", str(tmp_path / "issues.csv")).exit_code == 0


REGISTER = (
    "Project ID Number,Project Name,Department,Project - Start Date,TOTAL Whole Life Costs (£m),TOTAL Benefits (£m)\n"
    + "".join(f'MoD_{n},Fleet {n},MoD,20/05/2017,"{n},660.39",{n}\n' for n in range(1, 10))
    + "HO_1,Border,HO,01/12/2015,Exempt under Section 43,5\n"
)


def test_what_a_file_does_not_show_of_how_it_is_written_is_declared_to_be_checked(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_bytes(REGISTER.encode("cp1252"))
    said = init(folder, "--from", str(tmp_path / "register.csv"))
    assert said.exit_code == 0 and "a character is £ in Windows-1252" in said.out
    text = (folder / "portfolio.yml").read_text()
    assert text.endswith('"register.csv": {encoding: cp1252}\n') and "# check: it is not UTF-8" in text
    assert read_portfolio(folder).files["register.csv"].encoding == "cp1252"


def test_a_register_of_projects_says_what_it_takes_to_measure_something(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(REGISTER)
    said = init(folder, "--from", str(tmp_path / "register.csv")).out
    assert "No metric comes from initiatives alone" in said and "budgets (2)" in said
    shown = outcomes("feed", "initiatives", home=tmp_path / "home", portfolio=folder)
    assert shown.exit_code == 0 and "10 rows would land" in shown.out and "No metric counts initiatives" in shown.out

    said = init(folder, "--from", str(tmp_path / "register.csv"), "--feed", "budgets").out
    # the register names neither months nor versions
    assert "To fill in first, or budgets gives nothing: month, budget_version, version_date" in said
    assert "Metrics that have all their feeds" not in said
    drafted = (folder / "feeds/budgets.sql").read_text()
    # costs, although one of them is exempt, and the same id that the initiatives have
    assert """replace("TOTAL Whole Life Costs (£m)", ',', '')""" in drafted
    assert "no numbers, such as Exempt under Section 43" in drafted
    assert '"Project ID Number" as initiative_id' in drafted
    assert '"Project ID Number" as initiative_id' in (folder / "feeds/initiatives.sql").read_text()
    assert not list(folder.glob("feeds/*.control.sql"))


def test_a_survey_lands_as_drafted_without_those_who_did_not_answer(folder: Path, tmp_path: Path) -> None:
    asked = "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?"
    (tmp_path / "umfrage.csv").write_text(
        f'Antwort-ID;Datum;Kundennummer;"{asked}";Kommentar\n1;25.11.2025;K1;9;"gut; schnell"\n2;26.11.2025;K2;;\n'
        "3;27.11.2025;K3;;nur Text\n"
    )
    assert init(folder, "--from", str(tmp_path / "umfrage.csv")).exit_code == 0
    said = outcomes("feed", "survey_responses", home=tmp_path / "home", portfolio=folder)
    assert said.exit_code == 0 and "2 rows would land" in said.out and "1 row: not answered" in said.out
    drafted = (folder / "feeds/survey_responses.sql").read_text()
    assert "check: the only day or time there is" in drafted and "as score" in drafted


@pytest.mark.parametrize(
    ("scores", "kind", "scale"),
    [
        ((1, 5), "'csat'", ("1", "5")),
        ((2, 7), "'ces'", ("1", "7")),
        ((0, 10), "'nps'", ("0", "10")),
        ((20, 85), "null", ("20.0", "85.0")),
    ],
)
def test_the_scale_of_a_survey_is_that_which_holds_its_scores(
    scores: tuple[int, int], kind: str, scale: tuple[str, str], folder: Path, tmp_path: Path
) -> None:
    answers = "".join(f"{n},2025-11-25,{score}\n" for n, score in enumerate(scores))
    (tmp_path / "survey.csv").write_text(f"Response ID,Date,Score\n{answers}")
    init(folder, "--from", str(tmp_path / "survey.csv"), "--feed", "survey_responses")
    drafted = (folder / "feeds/survey_responses.sql").read_text()
    for line in (f"{kind} as survey_type", f"{scale[0]} as scale_min", f"{scale[1]} as scale_max"):
        assert line in drafted


def test_of_several_records_of_one_thing_the_last_is_drafted(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "case_id,title,status,time:timestamp\nC1,Order,open,2025-01-01T08:00:00Z\nC2,Order,open,2025-01-01T09:00:00Z\n"
        "C1,Order,in_progress,2025-01-02T08:00:00Z\n"
    )
    assert init(folder, "--from", str(tmp_path / "log.csv"), "--feed", "work_items").exit_code == 0
    said = outcomes("feed", "work_items", home=tmp_path / "home", portfolio=folder)
    assert said.exit_code == 0 and "2 rows would land" in said.out and "1 row: not its last record" in said.out


def test_files_of_the_same_columns_are_drafted_together(folder: Path, tmp_path: Path) -> None:
    for month in (1, 2):
        (tmp_path / f"costs-{month}.csv").write_text(
            f"Num,Date,Account,Amount\n{month},2025-0{month}-15,6000,10\n3,2025-0{month}-20,6000,{month}\n"
        )
    assert init(folder, *(f"--from={tmp_path}/costs-{month}.csv" for month in (1, 2))).exit_code == 0
    said = run(folder, "feed", "ledger_entries")
    # number 3 is in both: the last is taken
    assert "4 records: 3 rows would land, 0 are rejected, 1 is excluded." in said.out, said.out + said.err


def test_the_files_of_a_pattern_are_taken_as_the_shell_gives_them(folder: Path, tmp_path: Path) -> None:
    names = [str(tmp_path / f"{month}.csv") for month in ("may", "june")]
    for name in names:
        Path(name).write_text("Key,Summary\nA-1,One\n")
    said = init(folder, "--from", *names)
    assert said.exit_code == 0, said.err
    assert sorted(path.name for path in (folder / "data").iterdir()) == ["june.csv", "may.csv"]


def test_of_the_sheets_of_a_workbook_that_with_the_feeds_columns_is_drafted(folder: Path, tmp_path: Path) -> None:
    ledger = [["Num", "Date", "Account", "Amount"], [1, "2025-01-15", "6000", 10]]
    sheets = Sheet("Cover", []), Sheet("About", [["Of our costs"]]), Sheet("Costs", ledger), Sheet("Old", [["Date"]])
    (tmp_path / "book.xlsx").write_bytes(xlsx(*sheets))
    said = init(folder, "--from", f"{tmp_path}/book.xlsx", "--feed", "ledger_entries")

    assert said.exit_code == 0
    assert "sheet Cover has no row of column names" in said.err  # the others can be read
    assert "ledger_entries is drafted from data/book.xlsx#Costs" in said.out
    assert "1 row would land" in run(folder, "feed", "ledger_entries").out


def test_amounts_with_signs_gaps_and_a_total_are_drafted_as_they_land(folder: Path, tmp_path: Path) -> None:
    rows = "".join(f"{n},2025-01-0{n},Rent,£{n}.50\n" for n in range(1, 6))
    (tmp_path / "costs.csv").write_text(
        f'Ref,Date,Account,Amount\n{rows}6,2025-01-06,Rent,"(£1,000.00)"\n7,2025-01-07,Rent,N/A\nTotal,,,£-982.50\n'
    )
    init(folder, "--from", str(tmp_path / "costs.csv"))
    said = run(folder, "feed", "ledger_entries", "--rows", "9")
    assert "8 records: 6 rows would land, 1 is rejected, 1 is excluded." in said.out, said.out + said.err
    assert "-1000 " in said.out and "5.5 " in said.out and "1 row: a total" in said.out
    assert "2 control totals, equal." in said.out


@pytest.mark.parametrize("unit", [1, 1000])
def test_moments_may_be_counted_since_1970(unit: int, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "values.csv").write_text(f"Key result,Updated,Current\nNPS,{1735689600 * unit},42%\n")
    init(folder, "--from", str(tmp_path / "values.csv"))
    said = run(folder, "feed", "key_result_checkins")
    assert "2025-01-01 00:00:00" in said.out and "0.42 " in said.out, said.out + said.err


def test_events_are_drafted_as_counts_of_a_day(folder: Path, tmp_path: Path) -> None:
    moment = 1735689000  # 2024-12-31 in UTC, the day after in Berlin
    events = [("u1", moment), ("u1", moment + 60), ("u2", moment), ("u1", moment + 86400)]
    (tmp_path / "events.jsonl").write_text(
        "".join(f'{{"user_id": "{user}", "ts": {ts}, "event": "login", "product": "app"}}\n' for user, ts in events)
    )
    init(folder, "--time-zone", "Europe/Berlin", "--from", str(tmp_path / "events.jsonl"))
    said = run(folder, "feed", "usage_daily")
    assert "4 records: 3 rows would land, 0 are rejected, 1 is excluded." in said.out, said.out + said.err
    assert "2025-01-01   login     2" in said.out and "1 row: counted with another" in said.out


def test_a_count_may_say_whether(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text(
        "Ticket ID,Created at,Reopens\n1,2025-01-01T10:00:00Z,0\n2,2025-01-01T10:00:00Z,2\n"
    )
    init(folder, "--from", str(tmp_path / "tickets.csv"), "--feed", "support_tickets")
    said = run(folder, "feed", "support_tickets").out
    assert said.index(" false") < said.index(" true")


def test_whether_a_key_result_is_an_outcome_is_left_to_a_human(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "okr.csv").write_text("Objective,Key result,Start,Target\nGrow,NPS,12,30\n")
    init(folder, "--from", str(tmp_path / "okr.csv"))
    drafted = (folder / "feeds/key_results.sql").read_text()
    assert "-- check: fill it in, or its rows are rejected: outcome (a change for someone)" in drafted
    assert "null as kind" in drafted


def test_amounts_in_brackets_are_drafted_as_negative(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text(
        'Date,Num,Account,Amount\n2025-01-15,1,6000,"1,200.00"\n2025-01-16,2,6000,(100.00)\n'
    )
    assert init(folder, "--from", str(tmp_path / "costs.csv")).exit_code == 0
    said = run(folder, "feed", "ledger_entries")
    assert "2 rows would land" in said.out and "-100" in said.out, said.out + said.err


def test_a_ledger_in_another_language_is_drafted_as_it_lands(folder: Path, tmp_path: Path) -> None:
    text = "Beleg;Datum;Konto;Betrag;Währung;Text\nR-1;05.03.2025;6000;1.234,56;EUR;Büromiete\nR-2;16.03.2025;6000;-99,90;EUR;x\n"
    (tmp_path / "buchungen.csv").write_text(text, encoding="cp1252")
    assert init(folder, "--from", str(tmp_path / "buchungen.csv")).exit_code == 0
    said = run(folder, "feed", "ledger_entries")
    assert "2 rows would land" in said.out and "1234.56" in said.out, said.out + said.err


def test_another_feed_than_the_best_can_be_drafted(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text(ISSUES)
    said = init(folder, "--from", str(tmp_path / "issues.csv"), "--feed", "ledger_entries")
    assert said.exit_code == 0
    assert not (folder / "feeds/work_items.sql").exists()
    assert (folder / "feeds/ledger_entries.sql").exists()


def test_a_feed_whose_names_the_file_does_not_have_is_drafted_to_be_filled_in(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "votes.csv"
    file.write_text("Member,Choice\nm1,yes\nm2,no\n")
    said = init(folder, "--from", str(file))
    assert "It fits no feed" in said.out and "--feed survey_responses" in " ".join(said.out.split())
    assert not list((folder / "feeds").iterdir())
    assert init(folder, "--from", str(file), "--feed", "survey_responses").exit_code == 0
    drafted = (folder / "feeds" / "survey_responses.sql").read_text()
    assert "fill it in" in drafted and "null as responded_at" in drafted and "not used: Member, Choice" in drafted
    assert "one of nps, csat" in drafted and "the feed also has: topic" in drafted
    assert "-- check: no column is unique" in drafted and "_record as response_id" in drafted


def test_a_part_of_a_columns_name_is_a_guess_that_is_to_be_checked(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "major.csv"
    file.write_text(
        "Scheme ID Number,Project Name,Department,Project - Start Date (Latest Approved)\n"
        "DFT_1,Bypass,DFT,2021-03-04\nMOD_2,Dock,MOD,2022-05-06\n"
    )
    said = init(folder, "--from", str(file), "--feed", "initiatives")
    assert "outcomes feed --portfolio" in said.out and "initiatives` shows" in " ".join(said.out.split())
    drafted = (folder / "feeds" / "initiatives.sql").read_text()
    part = "    -- check: taken by a part of its name\n    "
    assert f'{part}"Scheme ID Number" as initiative_id' in drafted
    assert f'{part}"Project - Start Date (Latest Approved)" as planned_start_date' in drafted
    assert '    "Project Name" as name,' in drafted and f'{part}"Project Name"' not in drafted


def test_a_name_may_be_that_of_the_key(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "okr.csv"
    file.write_text("Objective;Key Result;Start;Target\nGrow;NPS;12;30\nGrow;Churn;9;6\n")
    said = init(folder, "--from", str(file))
    assert "`--feed key_result_checkins`" not in said.out
    drafted = (folder / "feeds" / "key_results.sql").read_text()
    for line in ('"Key Result" as key_result_id', '"Key Result" as name', '"Start" as baseline_value'):
        assert line in drafted
    init(folder, "--from", str(file), "--feed", "objectives")
    assert '"Objective" as name' in (folder / "feeds" / "objectives.sql").read_text()


def test_an_event_log_is_drafted_as_it_lands(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(
        "case:concept:name,concept:name,time:timestamp,org:resource\n"
        "A-1,Submitted,2025-01-02T09:00:00+01:00,c1\nA-1,Approved,2025-01-09T16:00:00+01:00,c2\n"
    )
    init(folder, "--from", str(file))
    said = outcomes("feed", "work_item_changes", home=tmp_path / "home", portfolio=folder)
    assert "2 rows would land, 0 are rejected" in said.out


def test_items_of_a_status_are_not_drafted_as_a_list_of_statuses(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "projects.csv"
    file.write_text("Project ID,Title,Status,Category,Author,Tier\np1,A,open,x,a,t\np2,B,open,x,a,t\n")
    init(folder, "--from", str(file))
    assert (folder / "feeds/work_items.sql").exists() and not (folder / "feeds/statuses.sql").exists()


def test_what_exists_stays(folder: Path, tmp_path: Path) -> None:
    run(folder, "init", folder, "--currency", "EUR")
    (folder / "feeds/work_items.sql").write_text("select 1")
    (tmp_path / "issues.csv").write_text(ISSUES)
    said = run(folder, "init", folder, "--currency", "USD", "--from", tmp_path / "issues.csv")

    assert "work_items.sql exists, and stays as it is." in said.out
    assert (folder / "feeds/work_items.sql").read_text() == "select 1"
    assert read_portfolio(folder).reporting_currency == "EUR"


def test_each_example_has_an_export_here() -> None:
    assert set(examples()) == set(EXPORTS)


@pytest.mark.parametrize("name", EXPORTS)
def test_the_mappings_of_an_example_take_every_row_of_its_export(name: str, folder: Path) -> None:
    run(folder, "init", folder, "--currency", "EUR", "--example", name)
    for file, text in EXPORTS[name].items():
        (folder / "data" / file).write_text(text)
    said = run(folder, "land")

    assert (said.exit_code, said.err) == (0, "")
    rows = [line.split() for line in said.out.splitlines() if " landed " in line]
    assert rows and all(int(row[3]) > 0 and row[4] == "0" for row in rows), said.out


def test_plain_text_ledgers_land_with_amount_team_and_kind_of_account(folder: Path) -> None:
    found: dict[str, list[tuple[object, ...]]] = {}
    for name in ("hledger", "beancount"):
        place = folder / name
        run(place, "init", place, "--currency", "EUR", "--example", name)
        (place / "data" / f"{name}.csv").write_text(EXPORTS[name][f"{name}.csv"])
        assert run(place, "land").exit_code == 0
        landed = f"{folder}/homes/{name}/landing"
        found[name] = duckdb.sql(f"""
            select account_code, account_type, cost_category, posted_date, amount::varchar, currency, team_id
            from '{landed}/ledger_entries/source=[!_]*/*/*.parquet' inner join '{landed}/accounts/source=[!_]*/*/*.parquet' using (account_code)
            where account_type <> 'other' order by ledger_entry_id""").fetchall()
    first, second = date(2025, 4, 28), date(2025, 4, 29)
    assert found == {
        "hledger": [
            ("expenses:rent", "cost", "rent", first, "1200.5000000000", "EUR", "T9"),
            ("expenses:a", "cost", "a", date(2025, 5, 2), "1.0000000000", "EUR", None),
            ("expenses:a", "cost", "a", date(2025, 5, 2), "2.0000000000", "USD", None),
        ],
        "beancount": [
            ("Income:Sales", "revenue", None, second, "-1.0000000000", "EUR", None),
            ("Expenses:Rent", "cost", "Rent", first, "1200.5050000000", "EUR", "T1"),
            ("Expenses:Rent", "cost", "Rent", first, "1.0000000000", "EUR", "T2"),
        ],
    }


def test_the_examples_are_listed_without_a_folder(tmp_path: Path) -> None:
    said = outcomes("init", "--example", "list", home=tmp_path, portfolio=tmp_path)
    assert said.exit_code == 0 and "jira-csv" in said.out
    assert "name the portfolio's folder" in outcomes("init", home=tmp_path, portfolio=tmp_path).err
