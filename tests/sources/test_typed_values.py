"""A value that a mapping has computed lands, or is rejected, as its text would be."""

from pathlib import Path
from typing import Any

import pytest

from tests.sources.bench import Bench

# feed, column, a good row of the feed without it, and values that the mapping may return, as SQL
VALUES: dict[str, tuple[str, str, str, list[str]]] = {
    "days": ("ledger_entries", "service_date", "'l' || n as ledger_entry_id, '2025-01-01' as posted_date, '1' as account_code, 1 as amount, 'EUR' as currency", [
        "date '2025-01-31'", "date '9999-12-31'", "date '10000-01-01'", "date '0001-01-01'", "date '0044-03-15 (BC)'", "'infinity'::date", "null::date",
    ]),
    "moments as days": ("ledger_entries", "service_date", "'l' || n as ledger_entry_id, '2025-01-01' as posted_date, '1' as account_code, 1 as amount, 'EUR' as currency", [
        "timestamp '2025-01-31'", "null::timestamp",
    ]),
    "moments": ("work_item_changes", "changed_at", "'w' || n as work_item_id, 'status' as field, 1 as change_seq", [
        "timestamptz '2025-01-31 10:00:00.123456+02'", "timestamptz '0001-01-01 00:00:00+00'", "timestamptz '0044-03-15 (BC) 00:00:00+00'",
        "'-infinity'::timestamptz", "timestamptz '12025-01-31 10:00:00+00'", "null::timestamptz",
    ]),
    "moments without a zone": ("work_item_changes", "changed_at", "'w' || n as work_item_id, 'status' as field, 1 as change_seq", [
        "timestamp '2025-01-31 10:00:00.5'", "timestamp '0044-03-15 (BC) 00:00:00'", "'infinity'::timestamp",
    ]),
    "days as moments": ("work_item_changes", "changed_at", "'w' || n as work_item_id, 'status' as field, 1 as change_seq", [
        "date '2025-01-31'", "date '0044-03-15 (BC)'", "'infinity'::date",
    ]),
    "whole numbers": ("work_item_changes", "change_seq", "'w' || n as work_item_id, 'status' as field, '2025-01-31' as changed_at", [
        "7::integer", "-7::integer", "null::integer",
    ]),
    "large whole numbers": ("work_item_changes", "change_seq", "'w' || n as work_item_id, 'status' as field, '2025-01-31' as changed_at", [
        "7::hugeint", "170141183460469231731687303715884105727::hugeint",
    ]),
    "fractions as whole numbers": ("work_item_changes", "change_seq", "'w' || n as work_item_id, 'status' as field, '2025-01-31' as changed_at", [
        "7.0::decimal(9,1)", "7.5::decimal(9,1)",
    ]),
    "decimals": ("ledger_entries", "amount", "'l' || n as ledger_entry_id, '2025-01-01' as posted_date, '1' as account_code, 'EUR' as currency", [
        "-1.10::decimal(38,2)", "12345678901234567890.12::decimal(38,2)", "null::decimal(38,2)",
    ]),
    "decimals of many places": ("ledger_entries", "amount", "'l' || n as ledger_entry_id, '2025-01-01' as posted_date, '1' as account_code, 'EUR' as currency", [
        "0.00000000005::decimal(38,18)", "-1.123456789012345678::decimal(38,18)",
    ]),
    "integers as decimals": ("ledger_entries", "amount", "'l' || n as ledger_entry_id, '2025-01-01' as posted_date, '1' as account_code, 'EUR' as currency", [
        "7::bigint", "9223372036854775807::bigint",
    ]),
    "floats": ("ledger_entries", "amount", "'l' || n as ledger_entry_id, '2025-01-01' as posted_date, '1' as account_code, 'EUR' as currency", [
        "0.1::double + 0.2::double", "5e-7::double", "'nan'::double",
    ]),
    "truths": ("work_items", "is_deliverable", "'w' || n as work_item_id, 'story' as item_type, 'T' as title, 'Open' as status, 'to_do' as status_category, '2025-01-01' as created_at", [
        "true", "false", "null::boolean",
    ]),
}  # fmt: skip


def landed(folder: Path, feed: str, column: str, rest: str, values: list[str], *, as_text: bool) -> list[Any]:
    """The rows of a feed that land, and those that are rejected."""
    bench = Bench(folder)
    bench.write("data/rows.csv", "n\n" + "".join(f"{n}\n" for n in range(len(values))))
    given = " ".join(f"when '{n}' then {value}" for n, value in enumerate(values))
    value = f"(case n {given} end){'::varchar' if as_text else ''}"
    bench.write(
        f"feeds/{feed}.sql",
        f"select {rest}, {value} as {column}, _file, _record from raw.rows",
    )
    counts = bench.land()[feed].counts
    rows = bench.query(
        f"select {column}, _record, _warnings from landing.{feed} where _row_kind = 'row' order by _record"
    )
    rejected = bench.query(
        f"select _record, violations, original from landing.quarantine where feed = '{feed}' order by _record"
    )
    return [counts, rows, rejected]


@pytest.mark.parametrize("case", VALUES)
def test_a_computed_value_is_judged_as_its_text_would_be(tmp_path: Path, case: str) -> None:
    feed, column, rest, values = VALUES[case]
    computed = landed(tmp_path / "computed", feed, column, rest, values, as_text=False)
    assert computed == landed(tmp_path / "text", feed, column, rest, values, as_text=True)
    assert computed[0]["records"] == len(values)
