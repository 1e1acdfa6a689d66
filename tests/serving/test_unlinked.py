"""Deliverables linked to no outcome, as rows of the feed that links them: safe to open, stable, ready to drop back in."""

from pathlib import Path

import duckdb
import pytest

from serving.errors import ReadError
from serving.reader import Table
from serving.unlinked import CONTEXT, FEED, unlinked, with_links
from serving.versions import Version

SCHEMA = """
create schema core; create schema outcomes;
create table core.dim_team as
    select * from (values (1, 'T0', 'Delivery', null), (2, 'T1', 'Web', 'T0'), (3, 'T2', 'Data', null), (-2, '-2', 'Not applicable', null))
    as teams(team_key, team_id, team_name, parent_team_id);
create table core.dim_objective as select 'O1' as objective_id, 'T0' as team_id union all select 'O2', 'T1';
create table core.dim_key_result as
    select * from (values
        (1, 'KR1', 'Checkouts', 'O1', true, true), (2, 'KR2', 'Screens', 'O1', false, true),
        (3, 'KR3', 'Old wording', 'O2', true, false), (4, 'KR3', '=Searches', 'O2', true, true))
    as results(key_result_key, key_result_id, key_result_name, objective_id, is_outcome, is_current);
create table core.dim_initiative as select 1 as initiative_key, '-Initiative' as initiative_name union all select -2, 'Not applicable';
create table core.fct_benefits as select 7 as current_initiative_key;
create table core.dim_product as select 1 as product_key, '@Product' as product_name;
create table core.dim_deliverable as select entity_key as deliverable_key, 'feature' as item_type from range(1, 10) as keys(entity_key);
create table outcomes.value_realization as
    select * from (values
        (1, 'D1', '=HYPERLINK("x")', 2, 1, 1, true, false, 0, date '2025-05-01'),
        (2, 'D2', 'Plain', 3, -2, null, false, false, 0, null),
        (3, 'D3', 'Linked', 2, 1, 1, true, false, 1, date '2025-05-01'),
        (4, 'D4', 'Cancelled', 2, 1, 1, false, true, 0, null),
        (5, '=D5', '\t tab', -2, -2, null, false, false, null, null),
        (6, 'D6', 'Of a benefit', 2, 7, 1, true, false, 0, date '2025-05-01'))
    as rows(entity_key, entity_id, entity_name, team_key, initiative_key, product_key, is_delivered, is_cancelled,
        outcome_key_results, delivery_date)
    cross join (select 'deliverable' as level) union all
    select 9, 'I9', 'Initiative', 2, 1, 1, true, false, 0, null, 'initiative';
"""


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """A version of six deliverables, one of them linked, one cancelled and one in an initiative with a benefit."""
    folder = tmp_path_factory.mktemp("version")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(SCHEMA)
    return Version("V", folder, is_served=True, manifest={})


def test_delivered_and_open_ones_are_exported(version: Version) -> None:
    found = {row["work_item_id"]: row["state"] for row in unlinked(version).to_dicts()}

    assert found == {"D1": "delivered", "D2": "open", "=D5": "open"}


def test_a_row_is_the_feed_s_but_for_the_key_result(version: Version) -> None:
    table = unlinked(version)

    assert table.columns == (*CONTEXT, *FEED)
    assert [row[-len(FEED) :] for row in table.rows if row[-6] == "D2"] == [
        ("link:D2", "D2", None, None, 1, None, None)
    ]


def test_no_text_of_the_context_is_a_formula(version: Version) -> None:
    rows = {row["work_item_id"]: row for row in unlinked(version).to_dicts()}

    assert rows["D1"]["title"] == '\'=HYPERLINK("x")'
    assert rows["D1"]["initiative"] == "'-Initiative"
    assert rows["D1"]["product"] == "'@Product"
    assert rows["=D5"]["title"] == "'\t tab"
    assert rows["D2"]["title"] == "Plain"


def test_an_id_stays_as_it_is(version: Version) -> None:
    """It must find its work item again."""
    assert "link:=D5" in {row["link_id"] for row in unlinked(version).to_dicts()}


def test_candidates_are_the_outcomes_of_the_team_and_the_team_above(version: Version) -> None:
    rows = {row["work_item_id"]: row["candidates"] for row in unlinked(version).to_dicts()}

    assert rows == {"D1": "KR1 Checkouts; KR3 =Searches", "D2": None, "=D5": None}


ADDED = Table((*CONTEXT, *FEED), (), [(*("",) * len(CONTEXT), "link:D1", "D1", None, None, 1, None, None)])
HEADER = "weight,link_id,work_item_id,key_result_id,note\n"


def merged(folder: Path, text: str, encoding: str = "utf-8") -> Table:
    path = folder / "links.csv"
    path.write_bytes(text.encode(encoding))
    return with_links(path, ADDED)


def test_links_that_are_there_come_first_with_their_own_columns(tmp_path: Path) -> None:
    found = merged(tmp_path, HEADER + "2,L1,D7,KR1,mine\n")

    assert found.columns == (*CONTEXT, *FEED, "note")
    assert [(row["link_id"], row["key_result_id"], row["weight"], row["note"]) for row in found.to_dicts()] == [
        ("L1", "KR1", "2", "mine"),
        ("link:D1", None, 1, None),
    ]


def test_a_row_filled_in_before_is_kept_and_one_left_blank_comes_once(tmp_path: Path) -> None:
    filled = merged(tmp_path, HEADER + "1,link:D1,D1,KR1,\n")
    blank = merged(tmp_path, HEADER + "1,link:D1,D1,,\n")

    assert [(row["link_id"], row["key_result_id"]) for row in filled.to_dicts()] == [("link:D1", "KR1")]
    assert [(row["link_id"], row["key_result_id"]) for row in blank.to_dicts()] == [("link:D1", None)]


def test_a_byte_order_mark_of_a_spreadsheet_is_no_column(tmp_path: Path) -> None:
    assert merged(tmp_path, "link_id,key_result_id\nL1,KR1\n", "utf-8-sig").rows[0][len(CONTEXT)] == "L1"


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        ("team_id,name\nT1,Web\n", "utf-8", r"links\.csv: it has no column link_id"),
        ("link_id,key_result_id\nL1,Müller\n", "latin-1", r"links\.csv: it can't be read"),
    ],
)
def test_a_file_that_is_no_links_is_refused(text: str, encoding: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=words):
        merged(tmp_path, text, encoding)
