"""The generated company: the same for the same scale and seed, as large as asked, whole, and with evidence for its truth."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sources import generated
from sources.errors import LandingError
from tests.end_to_end.harness import SCALE, SEED

EVIDENCE = (Path(__file__).parent / "generated_evidence.sql").read_text()

STATUSES = {
    "not_delivered", "unlinked", "too_early", "value_created", "negative", "some_value", "mixed", "no_effect", "unmeasured",
}  # fmt: skip
QUADRANTS = {"valued", "emergent", "partial", "mixed", "busywork", "stalled", "undetermined"}

# rows at scale 1, of what `truth/counts.csv` counts; objectives and key results have this many at least
AT_SCALE_ONE = {
    "deliverables": 1_500,
    "work_items": 20_000,
    "work_item_changes": 120_000,
    "time_entries": 200_000,
    "ledger_entries": 150_000,
    "survey_responses": 60_000,
    "support_tickets": 30_000,
    "usage_daily": 1_000_000,
}

KEYS = {
    "issues": "key",
    "issue_changes": "key, field, changed_at, change_seq",
    "time_entries": "time_entry_id",
    "releases": "release_id",
    "release_items": "release_id, work_item_id",
    "journal": "entry_no",
    "accounts": "account_code",
    "budgets": "budget_id",
    "labour_rates": "team_id, valid_from",
    "exchange_rates": "rate_date, currency",
    "benefits": "benefit_id, month, scenario",
    "survey_answers": "response_id, question",
    "support_tickets": "ticket_id",
    "usage_daily": "product_id, user_id, usage_date, feature",
    "objectives": "objective_id",
    "key_results": "key_result_id",
    "key_result_checkins": "key_result_id, checked_at",
    "outcome_links": "link_id",
    "rituals": "ritual_id",
    "experiments": "experiment_id",
    "decisions": "decision_id",
    "recognitions": "recognition_id",
    "initiative_reports": "initiative_id, reported_at",
    "initiatives": "initiative_id",
    "teams": "team_id",
    "people": "person_id",
    "products": "product_id",
    "customers": "customer_id",
}

REFERENCES = [
    ("issues", "parent", "issues", "key"),
    ("issues", "project", "initiatives", "initiative_id"),
    ("issues", "team", "teams", "team_id"),
    ("issues", "product", "products", "product_id"),
    ("issues", "assignee", "people", "person_id"),
    ("issue_changes", "key", "issues", "key"),
    ("time_entries", "work_item_id", "issues", "key"),
    ("time_entries", "person_id", "people", "person_id"),
    ("release_items", "release_id", "releases", "release_id"),
    ("release_items", "work_item_id", "issues", "key"),
    ("journal", "reverses_entry_no", "journal", "entry_no"),
    ("journal", "account", "accounts", "account_code"),
    ("journal", "cost_centre", "teams", "team_id"),
    ("journal", "project", "initiatives", "initiative_id"),
    ("journal", "ticket", "issues", "key"),
    ("journal", "product", "products", "product_id"),
    ("journal", "customer", "customers", "customer_id"),
    ("benefits", "initiative_id", "initiatives", "initiative_id"),
    ("benefits", "key_result_id", "key_results", "key_result_id"),
    ("survey_answers", "product", "products", "product_id"),
    ("survey_answers", "team", "teams", "team_id"),
    ("usage_daily", "product_id", "products", "product_id"),
    ("initiatives", "objective_id", "objectives", "objective_id"),
    ("initiatives", "team_id", "teams", "team_id"),
    ("initiatives", "product_id", "products", "product_id"),
    ("key_results", "objective_id", "objectives", "objective_id"),
    ("key_result_checkins", "key_result_id", "key_results", "key_result_id"),
    ("outcome_links", "work_item_id", "issues", "key"),
    ("outcome_links", "initiative_id", "initiatives", "initiative_id"),
    ("rituals", "team_id", "teams", "team_id"),
    ("experiments", "team_id", "teams", "team_id"),
    ("recognitions", "work_item_id", "issues", "key"),
    ("recognitions", "initiative_id", "initiatives", "initiative_id"),
    ("initiative_reports", "initiative_id", "initiatives", "initiative_id"),
    ("people", "team_id", "teams", "team_id"),
]


@pytest.fixture(scope="module")
def anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Acme, generated again by one thread."""
    folder = tmp_path_factory.mktemp("generated") / "acme"
    generated.generate(folder, SCALE, SEED, threads=1)
    return folder


@pytest.fixture(scope="module")
def files(acme_files: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A view of each raw file of Acme, its folder's day beside the rows, and of each file of the truth."""
    with duckdb.connect() as connection:
        for name in KEYS:
            suffix = "parquet" if name in generated.PARQUET else "csv"
            connection.execute(
                f"create view {name} as select *, split_part(filename, '/', -2)::date as folder "
                f"from read_{suffix}('{acme_files}/data/*/{name}.{suffix}', union_by_name=true, filename=true)"
            )
        for path in (acme_files / "truth").glob("*.csv"):
            connection.execute(f"create view truth_{path.stem} as select * from read_csv('{path}')")
        yield connection


def relative(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def digests(folder: Path) -> dict[str, str]:
    """A digest of each file by its path: of Parquet of the rows in their order, as its bytes vary between the versions of
    what writes it."""
    return {name: hashlib.sha256(content(folder / name)).hexdigest() for name in relative(folder)}


def content(path: Path) -> bytes:
    return repr(duckdb.sql(f"from '{path}'").fetchall()).encode() if path.suffix == ".parquet" else path.read_bytes()


# the same again


def test_it_is_the_same_for_every_number_of_threads(acme_files: Path, anew: Path) -> None:
    assert digests(anew) == digests(acme_files)


def test_it_is_the_company_that_the_docs_speak_of(acme_files: Path) -> None:
    """Where it is meant to change: `python -m tests.end_to_end.questions --write`, and this digest."""
    made_up = {name: digest for name, digest in digests(acme_files).items() if name.startswith(("data/", "truth/"))}
    assert hashlib.sha256(repr(made_up).encode()).hexdigest()[:16] == "83537fae3ca88e5b"


def test_another_seed_is_another_company() -> None:
    def chance(seed: int) -> object:
        with duckdb.connect() as connection:
            connection.execute("set variable seed = ?::bigint", [seed])
            macros = (generated.HERE / "plan" / "macros.sql").read_text()
            for statement in connection.extract_statements(macros):
                connection.execute(statement)
            return connection.execute("select list(chance('test', range)) from range(20)").fetchone()

    assert chance(1) == chance(1) != chance(2)


def test_nothing_in_the_generator_depends_on_chance_or_the_clock() -> None:
    text = "\n".join(path.read_text() for path in generated.HERE.rglob("*.sql"))
    assert not [word for word in ("random(", "now()", "current_", "today(", " hash(", "uuid(") if word in text]


# as large as asked


@pytest.mark.parametrize("feed", AT_SCALE_ONE)
def test_a_feed_has_the_size_that_the_scale_asks_for(files: duckdb.DuckDBPyConnection, feed: str) -> None:
    [(rows,)] = files.execute("select rows_in_the_end from truth_counts where feed = ?", [feed]).fetchall()
    assert rows == pytest.approx(AT_SCALE_ONE[feed] * SCALE, rel=0.1)


def test_a_small_company_has_the_goals_of_a_large_one(files: duckdb.DuckDBPyConnection) -> None:
    found = dict(files.execute("select feed, rows_in_the_end from truth_counts").fetchall())
    assert (found["objectives"], found["key_results"], found["initiatives"]) == (12, 45, 20)


def test_it_lands_by_quarter_for_three_years(files: duckdb.DuckDBPyConnection) -> None:
    days = files.execute("select distinct folder::varchar from issues order by 1").fetchall()
    assert (len(days), days[0], days[-1]) == (12, ("2023-09-30",), ("2026-06-30",))


def test_items_are_in_every_status_at_the_end_and_one_status_was_renamed(files: duckdb.DuckDBPyConnection) -> None:
    at_the_end = files.execute("select distinct status from issues where folder = '2026-06-30' order by 1").fetchall()
    assert at_the_end == files.execute("select status from truth_statuses order by 1").fetchall()

    shown = files.execute("""
        select called_before, bool_or(folder < called_since and issues.status = called_before), bool_or(issues.status = called_before and folder >= called_since)
        from truth_statuses cross join issues where called_before is not null group by all
    """).fetchall()
    assert shown == [("In Progress", True, False)]


def test_a_forecast_says_anew_all_that_was_budgeted_for_its_year(files: duckdb.DuckDBPyConnection) -> None:
    """A year is held against one version, so that a version of the products alone would take the initiatives' budget away."""
    gone = files.execute("""
        with
            shown as (select *, coalesce(initiative_id, account_code || coalesce(product_id, '')) as scope from budgets where folder = '2026-06-30'),
            years as (
                select distinct date_trunc('year', month - interval 6 month) as year
                from shown where budget_version = 'forecast'
            )
        select original.scope, original.month
        from shown as original
        left join shown as forecast
            on forecast.budget_version = 'forecast' and original.scope = forecast.scope and original.month = forecast.month
        where original.budget_version = 'original'
            and date_trunc('year', original.month - interval 6 month) in (select year from years)
            and forecast.scope is null
    """).fetchall()
    assert gone == []


def test_scales_keep_their_proportions() -> None:
    one, hundred = generated.sizes(1), generated.sizes(100)
    assert (one["usage"], hundred["usage"], hundred["teams"]) == (1_000_000, 100_000_000, 10 * one["teams"])


@pytest.mark.parametrize("scale", [0, -1, float("nan")])
def test_a_scale_that_is_none_is_refused(scale: float, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the scale must be above 0"):
        generated.generate(tmp_path / "acme", scale, SEED)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "portfolio.yml").write_text("name: ours\n")
    with pytest.raises(LandingError, match="contains files that weren't generated"):
        generated.generate(tmp_path, SCALE, SEED)
    assert relative(tmp_path) == ["portfolio.yml"]


# whole


@pytest.mark.parametrize("name", KEYS)
def test_a_file_has_each_key_once(files: duckdb.DuckDBPyConnection, name: str) -> None:
    doubled = files.execute(f"select folder, {KEYS[name]} from {name} group by all having count(*) > 1").fetchall()
    assert doubled == []


@pytest.mark.parametrize(("name", "column", "target", "key"), REFERENCES)
def test_an_id_has_its_row_in_some_folder(
    files: duckdb.DuckDBPyConnection, name: str, column: str, target: str, key: str
) -> None:
    orphans = files.execute(
        f"select distinct {column} from {name} where {column} is not null "
        f"and {column}::varchar not in (select {key}::varchar from {target})"
    ).fetchall()
    assert orphans == []


def test_one_customer_alone_never_arrives(files: duckdb.DuckDBPyConnection) -> None:
    orphans = files.execute(
        "select distinct customer_id from support_tickets where customer_id not in (select customer_id from customers)"
    ).fetchall()
    assert orphans == [("CUS-99999",)]


def test_some_members_arrive_after_the_rows_that_name_them(files: duckdb.DuckDBPyConnection) -> None:
    late = files.execute("""
        with arrived as (select customer_id, min(folder) as folder from customers group by all)
        select distinct customer_id from support_tickets inner join arrived using (customer_id)
        where support_tickets.folder < arrived.folder
    """).fetchall()
    assert late == [("CUS-00004",)]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("initiatives", "team_id"),
        ("people", "team_id"),
        ("products", "name"),
        ("customers", "segment"),
        ("key_results", "target_value"),
        ("teams", "is_pilot"),
    ],
)
def test_a_dimension_changes_over_time(files: duckdb.DuckDBPyConnection, name: str, column: str) -> None:
    changed = files.execute(
        f"select {KEYS[name]} from {name} group by all having count(distinct {column}) > 1"
    ).fetchall()
    assert changed


@pytest.mark.parametrize("name", ["issues", "teams", "products"])
def test_a_snapshot_deletes_less_than_the_guard_allows(files: duckdb.DuckDBPyConnection, name: str) -> None:
    key = KEYS[name]
    shares = files.execute(f"""
        with shown as (select folder, lead_folder from (
            select folder, lead(folder) over (order by folder) as lead_folder from (select distinct folder from {name})
        ) where lead_folder is not null)
        select count(*) filter (where later.{key} is null) / count(*)
        from shown
        inner join {name} as earlier on earlier.folder = shown.folder
        left join {name} as later on later.folder = shown.lead_folder and later.{key} = earlier.{key}
        group by shown.folder
    """).fetchall()
    assert 0 < max(share for (share,) in shares) < 0.19


# what was planted


def test_every_status_and_quadrant_occurs(files: duckdb.DuckDBPyConnection) -> None:
    planted = files.execute("select value_status, quadrant from truth_initiatives").fetchall()
    assert ({status for status, _ in planted}, {quadrant for _, quadrant in planted}) == (STATUSES, QUADRANTS)


def test_the_planted_status_follows_from_the_planted_evidence(files: duckdb.DuckDBPyConnection) -> None:
    views = {
        "shown_initiatives": "initiatives",
        "shown_key_results": "key_results",
        "shown_issues": "issues",
        "shown_links": "outcome_links",
        "shown_checkins": "key_result_checkins",
        "shown_benefits": "benefits",
        "truth": "truth_initiatives",
    }
    with files.cursor() as cursor:
        for view, of in views.items():
            cursor.execute(f"create or replace temp view {view} as select * from {of}")
        disagreeing = cursor.execute(f"""
            select initiative_id, kind, truth.value_status, found.value_status, truth.quadrant, found.quadrant
            from truth left join ({EVIDENCE}) as found using (initiative_id)
            where truth.value_status is distinct from found.value_status or truth.quadrant is distinct from found.quadrant
        """).fetchall()
    assert disagreeing == []


@pytest.mark.parametrize(
    ("feed", "kind"),
    [
        ("ledger_entries", "landed again, the same"),
        ("time_entries", "landed again, the same"),
        ("survey_responses", "landed again, the same"),
        ("survey_responses", "the same person in one month"),
        ("survey_responses", "corrected under the same key"),
        ("ledger_entries", "corrected under the same key"),
    ],
)
def test_duplicates_are_planted(files: duckdb.DuckDBPyConnection, feed: str, kind: str) -> None:
    found = files.execute("select count(*) from truth_duplicates where feed = ? and kind = ?", [feed, kind]).fetchone()
    assert found is not None and found[0] > 0


def test_each_release_that_moves_something_says_how_much(files: duckdb.DuckDBPyConnection) -> None:
    moved = files.execute("""
        select count(*) filter (where nps_points <> 0), count(*) filter (where satisfied_share <> 0),
            count(*) filter (where events_a_visit_share <> 0)
        from truth_releases
    """).fetchone()
    assert moved is not None and min(moved) >= 10


def test_people_are_numbers_alone(files: duckdb.DuckDBPyConnection) -> None:
    assert files.execute(
        "select count(*) from people where not regexp_full_match(person_id, 'PER-[0-9]+')"
    ).fetchone() == (0,)
