"""Whatever a file holds, every record of it is landed, quarantined or left out."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sources.bench import Bench, as_csv

TEXT = st.one_of(
    st.sampled_from(
        ["", "t1", "t2", "1", "24", "25", "-1", "2025-01-01", "2025-02-30", "x", "NULL", "a,b", 'q"q', "l\nl", "é"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=5),
)
ROWS = st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=12)
MAPPING = """
select id as time_entry_id, who as person_id, day as work_date, hours, _file, _record,
    case when id = 'x' then 'not ours' end as _excluded
from raw.bookings
"""


@settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(ROWS)
def test_landed_quarantined_and_excluded_are_all_records(rows: list[tuple[str, ...]]) -> None:
    with TemporaryDirectory() as root:
        bench = Bench(Path(root))
        bench.write("data/bookings.csv", as_csv([["id", "who", "day", "hours"], *map(list, rows)]))
        bench.write("feeds/time_entries.sql", MAPPING)
        counts = bench.land()["time_entries"].counts
    assert counts["records"] == len(rows) == counts["landed"] + counts["quarantined"] + counts["excluded"]
    assert counts["excluded"] == sum(row[0] == "x" for row in rows) + counts["identical_copies"]
