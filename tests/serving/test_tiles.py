"""The key figures as SVG and JSON; that they are the page's tiles: tests/end_to_end."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

from serving.dashboard.tiles import Point, Shown, line_of, tiles_of, write_tiles
from tests.serving.builds import Built, publish_built

SVG = "{http://www.w3.org/2000/svg}"
TILE = Shown(
    *("nps", "NPS", "points", "2025", 31.0, "measured", 64, 12.0, 50.0, (20.0,), "+31", "", "", False),
    points=tuple(Point(str(year), "fiscal_year", None, value, "measured") for year, value in enumerate((10.0, 30.0))),
)


def with_values(*values: float | None) -> Shown:
    return replace(TILE, points=tuple(Point("", "quarter", None, value, "measured") for value in values))


def test_a_line_goes_from_edge_to_edge_and_its_target_lies_between() -> None:
    assert line_of(TILE) == {"parts": [["16.0,112.0", "304.0,84.0"]], "targets": [98.0]}


def test_a_line_has_a_gap_where_nothing_is_measured() -> None:
    assert [len(part) for part in line_of(with_values(1, 2, None, 3))["parts"]] == [2, 1]


@pytest.mark.parametrize("values", [(), (1,), (None, 1, None)])
def test_one_point_is_no_line(values: tuple[float | None, ...]) -> None:
    assert line_of(with_values(*values)) == {"parts": [], "targets": []}


def test_a_line_that_never_changes_is_level() -> None:
    assert line_of(with_values(5, 5))["parts"] == [["16.0,112", "304.0,112"]]


def test_each_tile_is_a_picture_and_its_figures(built: Built, home: Path, tmp_path: Path) -> None:
    version = publish_built(home, built, facts={"tiles": ["nps", "cost"]})
    written = write_tiles(version.folder, tmp_path / "wiki")
    assert {path.name for path in written} >= {"nps.svg", "nps.json", "cost.svg", "cost.json"}
    said = json.loads((tmp_path / "wiki" / "nps.json").read_text())
    assert (said["value"], said["amount"], said["n"], said["lower"]) == (31.25, "+31.2", 64, 12.1)
    picture = ElementTree.parse(tmp_path / "wiki" / "nps.svg").getroot()
    assert {"Net Promoter Score", "+31.2", "Tiny portfolio · all time · as of 27 Apr 2026"} <= {
        text.text for text in picture.iter(f"{SVG}text")
    }


def test_a_hostile_label_is_text_in_the_picture(built: Built, home: Path, tmp_path: Path) -> None:
    version = publish_built(home, built, facts={"tiles": ["nps"]})
    version.database.chmod(0o644)
    with duckdb.connect(str(version.database)) as connection:
        connection.execute("update metrics.dim_metric set metric_label = '</text><script>x</script>'")
    write_tiles(version.folder, tmp_path / "wiki")
    picture = ElementTree.parse(tmp_path / "wiki" / "nps.svg").getroot()
    assert "</text><script>x</script>" in {text.text for text in picture.iter(f"{SVG}text")}
    assert not list(picture.iter(f"{SVG}script"))


def test_a_tile_that_the_version_has_no_metric_for_is_left_out(built: Built, home: Path) -> None:
    version = publish_built(home, built, facts={"tiles": ["nope", "cost"]})
    shown = [tile.metric for tile in tiles_of(version.folder).shown]
    assert shown[0] == "cost" and "nope" not in shown
