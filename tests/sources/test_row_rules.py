"""Every way a row can break its contract is quarantined whole, with file, record, column and rule."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.sources.bench import Bench
from tests.sources.good_rows import CONTRACTS, good_row

UNREADABLE = {"boolean": "yes", "integer": "1.5", "decimal": "1,000", "date": "01.03.2025", "timestamp": "yesterday"}
# feed, what is changed in a good row, the column blamed, the rule: ranges and rules across columns
RULES: list[tuple[str, dict[str, str | None], str, str]] = [
    ("time_entries", {"hours": "0"}, "hours", "range"),
    ("time_entries", {"hours": "-1"}, "hours", "range"),
    ("time_entries", {"hours": "24.01"}, "hours", "range"),
    ("work_items", {"estimate_points": "-1"}, "estimate_points", "range"),
    ("work_items", {"status_category": "done", "done_at": None}, "status_category", "done_needs_done_at"),
    ("work_items", {"approved_currency": None}, "approved_amount", "amount_has_currency"),
    ("work_item_changes", {"change_seq": "-1"}, "change_seq", "range"),
    ("labour_rates", {"hourly_cost": "-0.01"}, "hourly_cost", "range"),
    ("labour_rates", {"team_id": "both"}, "person_id", "one_subject"),
    ("labour_rates", {"person_id": None, "team_id": None}, "person_id", "one_subject"),
    ("exchange_rates", {"rate_to_reporting": "0"}, "rate_to_reporting", "range"),
    ("budgets", {"month": "2025-03-02"}, "month", "month_is_first_day"),
    ("benefits", {"month": "2025-03-31"}, "month", "month_is_first_day"),
    ("survey_responses", {"score": "10.5"}, "score", "score_on_scale"),
    ("survey_responses", {"score": "-1"}, "score", "score_on_scale"),
    ("survey_responses", {"scale_max": None}, "scale_min", "score_has_scale"),
    ("survey_responses", {"higher_is_better": None}, "scale_min", "score_has_scale"),
    ("survey_responses", {"is_dont_know": "true"}, "score", "says_something"),
    ("survey_responses", {"score": None, "is_dont_know": "false", "comment": None}, "score", "says_something"),
    ("survey_responses", {"scale_min": "10", "score": "10"}, "scale_min", "scale_is_ordered"),
    ("survey_responses", {"topic": "goal_awareness"}, "topic", "topic_of_employee_survey"),
    ("usage_daily", {"events": "-1"}, "events", "range"),
    ("key_results", {"due_date": "2025-03-01"}, "start_date", "dates_are_ordered"),
    ("key_results", {"target_value": "2.5"}, "baseline_value", "target_moves"),
    ("key_result_checkins", {"confidence": "1.01"}, "confidence", "range"),
    ("key_result_checkins", {"confidence": "-0.01"}, "confidence", "range"),
    ("objectives", {"period_end": "2025-02-28"}, "period_start", "period_is_ordered"),
    ("outcome_links", {"weight": "0"}, "weight", "range"),
    ("outcome_links", {"weight": "1000001"}, "weight", "range"),
    ("outcome_links", {"initiative_id": "both"}, "work_item_id", "one_subject"),
    ("outcome_links", {"work_item_id": None}, "work_item_id", "one_subject"),
    ("outcome_links", {"valid_to": "2025-03-01"}, "valid_from", "validity_is_ordered"),
    ("initiative_reports", {"confidence": "1.01"}, "confidence", "range"),
    ("initiative_reports", {"health": None, "confidence": None}, "health", "says_something"),
    ("recognitions", {"initiative_id": "both"}, "work_item_id", "one_subject"),
    ("decisions", {"trigger_id": None}, "trigger_kind", "trigger_is_named"),
    ("experiments", {"stopped_at": "2025-02-28T10:00:00Z"}, "started_at", "stop_follows_start"),
    ("experiments", {"decided_at": "2025-02-28T10:00:00Z"}, "started_at", "decision_follows_start"),
    ("rituals", {"participants": "-1"}, "participants", "range"),
    ("rituals", {"actions_raised": "-1"}, "actions_raised", "range"),
    ("rituals", {"actions_closed": "-1"}, "actions_closed", "range"),
    ("initiatives", {"currency": None}, "approved_amount", "amount_has_currency"),
]
# the same, at the bound: kept
KEPT: list[tuple[str, dict[str, str | None]]] = [
    ("time_entries", {"hours": "24"}),
    ("time_entries", {"hours": "0.01"}),
    ("survey_responses", {"survey_type": "team_health", "topic": "goal_awareness"}),
    ("survey_responses", {"score": "0"}),
    ("survey_responses", {"score": None, "is_dont_know": "true", "scale_min": None, "comment": None}),
    ("survey_responses", {"score": None, "is_dont_know": None, "scale_max": None}),
    ("survey_responses", {"score": "10"}),
    ("usage_daily", {"events": "0"}),
    ("key_result_checkins", {"confidence": "0"}),
    ("key_result_checkins", {"confidence": "1"}),
    ("key_results", {"goal_type": "hold", "target_value": "2.5"}),
    *[("key_results", {name: None}) for name in ("baseline_value", "target_value", "start_date", "due_date")],
    ("key_results", {"goal_type": "hold", "direction": None}),
    ("work_items", {"status_category": "done"}),
    ("objectives", {"period_end": "2025-03-01"}),
    ("ledger_entries", {"amount": "-12.5"}),
    ("benefits", {"amount": "-1"}),
    ("labour_rates", {"person_id": None, "team_id": "t"}),
]


def _cases() -> list[tuple[str, dict[str, str | None], str, str]]:
    found = list(RULES)
    for feed, contract in CONTRACTS.items():
        for c in contract.columns:
            if c.required or (c.key and not c.nullable_key):
                found.append((feed, {c.name: None}, c.name, "required"))
            if c.type in UNREADABLE:
                found.append((feed, {c.name: UNREADABLE[c.type]}, c.name, "type"))
            if c.type == "currency":
                found.append((feed, {c.name: "XQX"}, c.name, "currency"))
            if c.values and c.unknown_values == "reject":
                found.append((feed, {c.name: c.values[0].upper()}, c.name, "values"))
    return found


CASES = _cases()
ROWS = [(feed, change) for feed, change, *_ in CASES] + KEPT


def _row(number: int, feed: str, change: dict[str, str | None]) -> dict[str, str | None]:
    """A good row with a key of its own, changed."""
    row = good_row(feed)
    own = next((c for c in CONTRACTS[feed].keys if c.type == "string" and not c.values), None)
    if own:
        row[own.given_as] = f"secret-{number}"
    else:
        row["rate_date"] = str(date(2025, 1, 1) + timedelta(days=number))
    if feed == "outcome_links":
        row["key_result_id"] = f"kr-{number}"
    return row | change


@pytest.fixture(scope="module")
def rejected(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], dict[str, Any]]:
    """The quarantine of one landing of every case, by feed and record; each feed's first record is good."""
    bench = Bench(tmp_path_factory.mktemp("rules"))
    for feed in CONTRACTS:
        rows = [_row(i, f, change) for i, (f, change) in enumerate(ROWS) if f == feed]
        bench.rows_of(feed, [_row(len(ROWS), feed, {}), *rows])
    bench.land()
    with bench.stage() as connection:
        found = connection.execute("from landing.quarantine").to_arrow_table().to_pylist()
    assert len(found) == len(CASES), Counter(row["feed"] for row in found)
    return {(row["feed"], row["_record"]): row for row in found}


def _record(index: int) -> int:
    feed = ROWS[index][0]
    return 2 + sum(f == feed for f, _ in ROWS[:index])


@pytest.mark.parametrize("index", range(len(CASES)), ids=[f"{f}.{c}-{r}-{i}" for i, (f, _, c, r) in enumerate(CASES)])
def test_a_broken_row_is_quarantined(index: int, rejected: dict[tuple[str, int], dict[str, Any]]) -> None:
    feed, _, column, rule = CASES[index]
    row = rejected[feed, _record(index)]
    assert (row["_file"], row["column"], row["rule"]) == (f"feeds/{feed}.jsonl", column, rule)


@pytest.mark.parametrize("index", range(len(CASES), len(ROWS)))
def test_a_row_at_the_bound_is_kept(index: int, rejected: dict[tuple[str, int], dict[str, Any]]) -> None:
    assert (ROWS[index][0], _record(index)) not in rejected


@pytest.mark.parametrize("feed", CONTRACTS)
def test_the_quarantine_shows_the_original_and_masks_what_is_personal(
    feed: str, rejected: dict[tuple[str, int], dict[str, Any]]
) -> None:
    index = next(i for i, (f, *_) in enumerate(CASES) if f == feed)
    given = _row(index, *ROWS[index])
    shown = json.loads(rejected[feed, _record(index)]["original"])
    masked = {
        c.name: given[c.name] and "***"
        for c in CONTRACTS[feed].columns
        if c.personal and not (c.personal_when or c.personal_if)
    }
    assert {name: shown[name] for name in given} == given | masked


@pytest.mark.parametrize("feed", CONTRACTS)
def test_no_personal_text_is_anywhere_in_the_quarantine(
    feed: str, rejected: dict[tuple[str, int], dict[str, Any]]
) -> None:
    if not any(c.personal and c.name != "user_id" and not c.personal_if for c in CONTRACTS[feed].keys):
        return
    assert "secret" not in json.dumps([v for (f, _), v in rejected.items() if f == feed], default=str)


def test_rows_that_differ_under_one_key_are_shown_without_personal_columns(bench: Bench) -> None:
    row = good_row("time_entries") | {"time_entry_id": "t", "person_id": "ann.unmistakable"}
    bench.rows_of("time_entries", [row | {"hours": "1"}, row | {"hours": "2"}])
    bench.land()
    for (message,) in bench.query("select message from landing.quarantine"):
        assert "hours 1" in message and "hours 2" in message
        assert "ann" not in message and "person_id" not in message


def test_all_violations_of_a_row_are_listed(bench: Bench) -> None:
    bench.rows_of("time_entries", [good_row("time_entries") | {"hours": "25", "work_date": "soon"}])
    bench.land()
    [(listed,)] = bench.query("select violations from landing.quarantine")
    assert [(v["column"], v["rule"]) for v in json.loads(listed)] == [("work_date", "type"), ("hours", "range")]


def _column(bench: Bench, feed: str, column: str, texts: list[str]) -> dict[str, Any]:
    """What a column's texts land as; those quarantined are left out."""
    key = CONTRACTS[feed].columns[0].name
    bench.rows_of(feed, [good_row(feed) | {key: f"k{i}", column: text} for i, text in enumerate(texts)])
    bench.land()
    rows = dict(bench.query(f"select {key}, {column} from landing.{feed} where _row_kind = 'row'"))
    return {text: rows[f"k{i}"] for i, text in enumerate(texts) if f"k{i}" in rows}


def test_money_is_read_exactly(bench: Bench) -> None:
    texts = [
        "5e-7",
        "-3.25",
        "1E2",
        "+5",
        "12345678901234567.1234567891",
        "0.0000000001",
        "999999999999999999.9999999999",
    ]
    found = _column(bench, "ledger_entries", "amount", texts)
    assert found == {text: Decimal(text) for text in texts}


def test_money_of_any_length_is_read_exactly(bench: Bench) -> None:
    """However many digits it has before and after the point: DuckDB reads short figures in another way than long ones."""
    digits = "9876543210987654"
    texts = [f"{sign}{digits[:whole]}" for sign in ("", "-", "+") for whole in range(1, 16)]
    texts += [
        f"{'-' * (places % 2)}{digits[:whole]}.{digits[:places]}" for whole in range(1, 16) for places in range(1, 11)
    ]
    texts += [f"0.{'9' * places}" for places in range(1, 11)] + ["00000000012.50"]
    found = _column(bench, "ledger_entries", "amount", texts)
    assert found == {text: Decimal(text) for text in texts}


def test_money_in_json_numbers_keeps_its_digits(bench: Bench) -> None:
    row = json.dumps(good_row("ledger_entries") | {"amount": 0, "description": 'a: 0.1, "b": 2.5 {-1}'})
    bench.write("feeds/ledger_entries.jsonl", row.replace('"amount": 0', '"amount": 1234567890123.4567891234'))
    bench.land()
    found = bench.query("select amount, description from landing.ledger_entries")
    assert found == [(Decimal("1234567890123.4567891234"), 'a: 0.1, "b": 2.5 {-1}')]


def test_timestamps_land_in_utc(bench: Bench) -> None:
    texts = {
        "2025-03-01T10:00:00+02:00": datetime(2025, 3, 1, 8),
        "2025-03-01T10:00:00Z": datetime(2025, 3, 1, 10),
        "2025-03-01 10:00:00": datetime(2025, 3, 1, 10),
        "2025-03-01 10:00:00.123456-05:30": datetime(2025, 3, 1, 15, 30, 0, 123456),
        "2025-03-01T10:00": datetime(2025, 3, 1, 10),
        "2025-03-01T10:00:00+0200": datetime(2025, 3, 1, 8),
        "2025-03-01": datetime(2025, 3, 1),
        "2025-03-30 02:30:00 Europe/Berlin": datetime(2025, 3, 30, 1, 30),
    }
    assert _column(bench, "releases", "released_at", list(texts)) == texts


# feed, column, what can't be read as the column's type, and a text that can
UNREADABLE_TEXTS = {
    "decimal": (
        "ledger_entries",
        "amount",
        ["1e20", "1e18", "1,000", "1.000,50", "1 000", "1'000", "NaN", "inf", "0x10", "$5", "--1"],
        "1",
    ),
    "timestamp": (
        "releases",
        "released_at",
        [
            "infinity",
            "-infinity",
            "2025-13-01T00:00:00Z",
            "1736071200",
            "01/03/2025",
            "2025-03-01T25:00",
            "now",
            "epoch",
            "01/04/25 09:00",
            "2025-3-1",
            "2025-03-01 10:00 EST",
            "2025/03/01",
            "2025-03-01 BC",
            "03-01-25",
        ],
        "2025-03-01",
    ),
    "date": (
        "people",
        "joined_date",
        ["2025-02-30", "2025-3-1", "20250301", "2025-03-01T00:00:00", "01/03/2025", "infinity", "2025-03-01 BC"],
        "2024-02-29",
    ),
    "integer": ("rituals", "participants", ["1.0", "1_000", "9223372036854775808", "1e3", "½"], "-0"),
}


@pytest.mark.parametrize("kind", UNREADABLE_TEXTS)
def test_what_is_not_of_the_type_is_quarantined(bench: Bench, kind: str) -> None:
    feed, column, unreadable, readable = UNREADABLE_TEXTS[kind]
    key = CONTRACTS[feed].columns[0].name
    texts = [*unreadable, readable]
    bench.rows_of(feed, [good_row(feed) | {key: f"k{i}", column: text} for i, text in enumerate(texts)])
    bench.land()
    rules = bench.query("select _record, rule from landing.quarantine order by _record")
    assert rules == [(record, "type") for record in range(1, len(texts))]


def test_booleans_are_true_or_false_in_any_case(bench: Bench) -> None:
    found = _column(bench, "teams", "is_pilot", ["TRUE", "False", "1", "t", "yes"])
    assert found == {"TRUE": True, "False": False}


def test_an_empty_text_is_missing(bench: Bench) -> None:
    assert _column(bench, "teams", "parent_team_id", [""]) == {"": None}


def test_declared_tokens_are_currencies(bench: Bench) -> None:
    assert _column(bench, "ledger_entries", "currency", ["MANA", "DAI", "eur"]).keys() == {"MANA"}
