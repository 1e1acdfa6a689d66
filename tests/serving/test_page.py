"""The page's text, the state of the last refresh around it, and the page of a version that lacks most tables."""

import re
import shutil
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from serving.dashboard import assembly
from serving.dashboard.assembly import newest_loads
from serving.dashboard.declared import FOLDER, charts
from serving.errors import ServingError
from serving.manifest import write_manifest
from serving.page import draw_copy, draw_root, draw_version
from serving.thumbnail import screenshot
from serving.versions import rollback
from sources.common import disk
from tests.serving.builds import NOW, Built, make_build, make_records, publish_built, ulid

FAILED: dict[str, Any] = {
    "refresh_id": "01KQFAILED",
    "ended_at": NOW.replace(day=30),
    "outcome": "audit_failed",
    "failing": [
        {
            "check_name": "recomputed_cost",
            "object_name": "metrics.fct_metric_values",
            "status": "failed",
            "observed": "9412332.55",
            "expected": "9412330.10",
            "failing_rows": 3,
        }
    ],
}
HOSTILE = [
    "<script>document.title = 'run'</script>",
    '"><img src=x onerror="document.title = \'run\'">',
    "'; document.title = 'run'; //",
    "</style><svg onload=\"document.title = 'run'\">",
    "{{ 7 * 7 }}",
    "javascript:document.title='run'",
    "\u202egnp.exe\u202c \u2066x",
    "a" * 300,
]
# The least contrast between text and the paper behind it, over all text of the page, by WCAG's formula.
CONTRAST = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1] };
  const lum = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const paper = e => { for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor); if (c[3]) return c } return [255, 255, 255, 1] };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let worst = 21;
  while (walker.nextNode()) {
    if (!walker.currentNode.data.trim()) continue;
    const e = walker.currentNode.parentElement;
    const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(paper(e))].sort((x, y) => y - x);
    worst = Math.min(worst, (a + .05) / (b + .05));
  }
  return worst;
}"""


@pytest.fixture(scope="module")
def warned(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one version, one check of which warned."""
    folder = tmp_path_factory.mktemp("warned")
    records = make_records(folder / "r.parquet", [("volume_of_ballots", "core.fct_x", "warn", "warned", "412 rows")])
    publish_built(folder / "home", Built(built.build, records))
    return folder / "home"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root page of a home in which every name is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    script = HOSTILE[0].replace("'", "''")
    build = make_build(
        folder / "warehouse.duckdb",
        extra=f"""
        update metrics.dim_metric set metric_label = '{script}', description = '{script}', owner = '{script}',
            unit = '{script}';
        update outcomes.value_realization set value_status_reason = '{script}' where value_status = 'too_early'
        """,
    )
    records = make_records(folder / "r.parquet", [(name, name, "warn", "warned", name) for name in HOSTILE])
    loads = [{"source": name, "feed": name, "load_id": name, "observed_at": name} for name in HOSTILE]
    facts = {"title": HOSTILE[1], "reporting_currency": HOSTILE[0], "loads": loads, "code_fingerprint": HOSTILE[3]}
    publish_built(folder / "home", Built(build, records), facts=facts)
    failing = [{"check_name": name, "object_name": name, "status": name, "observed": name} for name in HOSTILE]
    return draw_root(folder / "home", FAILED | {"failing": failing, "message": HOSTILE[0], "refresh_id": HOSTILE[3]})


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def served_page(home: Path) -> Path:
    return home / "serve/current/index.html"


def text_of(html: str) -> str:
    """The page's text, without tags and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.split("</head>")[1]))


def test_the_published_page_is_the_one_drawn_from_the_version(warned: Path) -> None:
    folder = served_page(warned).parent
    assert served_page(warned).read_text() == draw_version(folder)


def test_the_page_shows_its_version_and_as_of_day(warned: Path) -> None:
    text = text_of(served_page(warned).read_text())
    assert ulid(1) in text
    assert "as of 27 Apr 2026" in text


def test_the_page_names_a_check_that_warned_with_what_it_observed(warned: Path) -> None:
    text = text_of(served_page(warned).read_text().replace("<wbr>", ""))
    assert re.search(r"volume_of_ballots +core\.fct_x +warned +412 rows", text)


@pytest.mark.parametrize("part", [".tile[data-metric=nps] .label", "#chart-nps .label", "#chart-all_metrics tbody th"])
def test_a_metric_that_a_check_warned_about_says_so_where_it_is_read(
    built: Built, page: Page, tmp_path: Path, part: str
) -> None:
    records = make_records(tmp_path / "r.parquet", [("ballots_are_many", "core.x", "warn", "warned", "4 rows", "nps")])
    publish_built(tmp_path / "home", Built(built.build, records), facts={"tiles": ["nps", "cost"]})
    page.goto(f"{served_page(tmp_path / 'home').as_uri()}#period=all&show=outcomes+money")
    page.evaluate("document.querySelectorAll('#chart-all_metrics details').forEach(one => { one.open = true })")
    said = page.locator(part, has_text="Net Promoter Score")
    expect(said).to_have_text("Net Promoter Score ⚠ (a check warned)")
    expect(page.locator("#chart-nps")).to_contain_text("A check warned: ballots are many, 4 rows.")
    expect(page.locator(".tile[data-metric=cost] .label")).to_have_text("Cost")


def test_a_version_from_before_checks_named_metrics_still_has_a_page(built: Built, home: Path) -> None:
    folder = publish_built(home, built).folder
    (folder / "warehouse.duckdb").chmod(0o644)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("alter table audit.fct_check_results drop column metrics")
    assert '"warnings":[]' in draw_version(folder)


def test_generated_data_is_called_generated(home: Path, built: Built) -> None:
    version = publish_built(home, built, facts={"generated": True})
    assert "Generated figures of a fictional company." in text_of(draw_version(version.folder))


def test_rejected_rows_of_a_load_that_is_no_longer_in_use_do_not_count(home: Path, built: Built) -> None:
    load = {"source": "s", "feed": "f", "observed_at": "2026-04-24T23:59:59+00:00"}
    refused = load | {"load_id": "A", "landed_rows": 5, "quarantined_rows": 5, "is_in_use": False}
    fixed = load | {"load_id": "B", "landed_rows": 9, "quarantined_rows": 1, "is_in_use": True}
    version = publish_built(home, built, facts={"loads": [refused, fixed]})
    assert "Records rejected at landing 10% (1 record)" in text_of(draw_version(version.folder))


def test_the_newest_load_of_a_feed_counts() -> None:
    loads = [
        {"source": "s", "feed": "f", "load_id": load_id, "landed_rows": rows} for load_id, rows in (("B", 2), ("A", 1))
    ]
    assert [load["landed_rows"] for load in newest_loads(loads)] == [2]


def test_a_version_whose_table_is_gone_says_so(home: Path, built: Built) -> None:
    version = publish_built(home, built)
    version.database.unlink()
    with pytest.raises(ServingError, match=re.escape(str(version.database))):
        draw_version(version.folder)


def test_a_chart_that_a_version_can_not_show_is_named_with_the_reason(warned: Path) -> None:
    text = text_of(served_page(warned).read_text().replace("<wbr>", ""))
    assert re.search(r"This version can't show \d+ charts", text)
    assert re.search(r"goal_progress ?: Catalog Error: Table with name", text)


def test_a_copy_of_the_page_of_a_version_leaves_the_version_alone(home: Path, built: Built, tmp_path: Path) -> None:
    version = publish_built(home, built)
    before = served_page(home).stat().st_mtime_ns
    path = draw_copy(version, tmp_path / "copy.html")
    assert path.read_text() == served_page(home).read_text()
    assert served_page(home).stat().st_mtime_ns == before


def test_the_root_page_of_a_published_refresh_has_no_banner(warned: Path) -> None:
    html = draw_root(warned, FAILED | {"outcome": "unchanged", "failing": []}).read_text()
    assert "not published" not in html
    assert "nothing new" in html


def test_the_root_page_names_a_source_that_was_not_fetched_and_when_what_is_used_of_it_was_seen(warned: Path) -> None:
    troubles = [
        {"source": "desk", "step": "fetch", "seen_at": "2026-04-28T09:00:00+00:00"},
        {"source": "bank", "step": "fetch", "seen_at": None},
        {"source": "files", "step": "land", "seen_at": None},
    ]
    text = text_of(draw_root(warned, FAILED | {"outcome": "published", "sources": troubles}).read_text())
    assert "desk could not be fetched: its figures are of 28 Apr 2026, 09:00 UTC." in text
    assert "bank could not" not in text and "files could not" not in text


def test_the_root_page_is_the_published_page_and_what_became_of_the_last_refresh(warned: Path) -> None:
    assert draw_root(warned, FAILED).read_text() == draw_root(warned, FAILED, afresh=True).read_text()


def test_a_damaged_published_page_is_drawn_again(home: Path, built: Built) -> None:
    version = publish_built(home, built)
    whole = draw_root(home, FAILED).read_text()
    version.page.chmod(0o644)
    version.page.write_text(version.page.read_text().replace("Can I trust it", "Can I touch it"))
    assert draw_root(home, FAILED).read_text() == whole


def test_a_page_of_a_release_that_left_no_place_for_the_last_refresh_is_drawn_again(home: Path, built: Built) -> None:
    version = publish_built(home, built)
    whole = draw_root(home, FAILED).read_text()
    version.page.chmod(0o644)
    version.page.write_text(version.page.read_text().replace("<!-- state: banner -->", "<!-- a release ago -->"))
    files = version.manifest["files"] | {"index.html": disk.entry(version.page)}
    write_manifest(version.folder, version.manifest | {"files": files})
    assert draw_root(home, FAILED).read_text() == whole


def test_the_banner_names_check_table_observed_value_and_command(warned: Path) -> None:
    text = text_of(draw_root(warned, FAILED).read_text().replace("<wbr>", ""))
    cells = ("recomputed_cost", "metrics.fct_metric_values", "failed, 3 rows", "9412332.55", "9412330.10")
    row = " +".join(re.escape(cell) for cell in (*cells, "outcomes check --rows recomputed_cost"))
    assert re.search(row, text)


def test_the_banner_lists_five_checks_and_counts_the_rest(warned: Path) -> None:
    failing = [FAILED["failing"][0] | {"check_name": f"check_{number}"} for number in range(8)]
    text = text_of(draw_root(warned, FAILED | {"failing": failing}).read_text().replace("<wbr>", ""))
    assert ("check_4" in text, "check_5" in text, "and 3 more" in text) == (True, False, True)


@pytest.mark.parametrize(
    ("message", "is_shown"),
    [("1 checks failed: recomputed_cost found 9412332.55", False), ("The disk is full.", True)],
)
def test_the_banner_does_not_repeat_its_table_as_a_message(warned: Path, message: str, is_shown: bool) -> None:
    assert (message in text_of(draw_root(warned, FAILED | {"message": message}).read_text())) == is_shown


def test_the_banner_for_one_check_is_short(warned: Path, page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    long = {"observed": "a finding of many words " * 30, "expected": "what was to be found " * 3}
    page.goto(draw_root(warned, FAILED | {"failing": [FAILED["failing"][0] | long]}).as_uri())
    assert page.locator(".banner").evaluate("banner => banner.offsetHeight") <= 320


def test_the_freshness_of_a_feed_is_one_row_on_a_phone(warned: Path, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(served_page(warned).as_uri())
    assert page.locator(".loads tbody tr").first.evaluate("row => row.offsetHeight") <= 64


def test_the_banner_tells_the_age_of_the_figures(warned: Path) -> None:
    assert "published 1 day before that" in text_of(draw_root(warned, FAILED).read_text())


def test_the_root_page_of_an_earlier_version_says_so(home: Path, built: Built) -> None:
    publish_built(home, built, 1)
    publish_built(home, built, 2)
    rollback(home)
    assert f"{ulid(2)} is newer" in text_of(draw_root(home, None).read_text())


def test_before_the_first_version_the_page_says_so(home: Path) -> None:
    assert "Nothing has been published yet" in text_of(draw_root(home, None).read_text())


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, "Run outcomes refresh ."),
        (FAILED, "Look at the rows that the checks above found"),
        (FAILED | {"failing": [], "message": "The disk is full."}, "Fix the cause in the message above"),
    ],
)
def test_before_the_first_version_the_page_says_what_to_do(
    home: Path, last: dict[str, Any] | None, expected: str
) -> None:
    assert expected in text_of(draw_root(home, last).read_text())


def test_the_banner_is_shown_before_the_first_version(home: Path) -> None:
    assert "recomputed_" in text_of(draw_root(home, FAILED).read_text())


def test_the_root_page_is_replaced_in_one_step(home: Path) -> None:
    before = draw_root(home, None).stat().st_ino
    after = draw_root(home, None).stat().st_ino
    assert (before != after, [path.name for path in home.iterdir()]) == (True, ["index.html"])


def test_the_page_makes_no_request_and_no_console_message(warned: Path, page: Page) -> None:
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    address = served_page(warned).as_uri()
    page.goto(address, wait_until="networkidle")
    assert heard == [address]


def test_style_and_script_are_allowed_by_their_own_policy(warned: Path, page: Page) -> None:
    page.goto(served_page(warned).as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
    assert page.locator("html").get_attribute("data-ready") == "yes"


def test_the_policy_lets_no_other_script_run(warned: Path, page: Page) -> None:
    page.goto(served_page(warned).as_uri())
    page.evaluate(
        """() => { const more = document.createElement('script'); more.textContent = "document.title = 'run'";
        document.body.append(more) }"""
    )
    assert page.title() != "run"


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("which", ["warned", "hostile"])
def test_the_page_never_scrolls_sideways(request: pytest.FixtureRequest, page: Page, width: int, which: str) -> None:
    found: Path = request.getfixturevalue(which)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((served_page(found) if which == "warned" else found).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_names_run_nothing(hostile: Path, page: Page) -> None:
    page.goto(hostile.as_uri(), wait_until="networkidle")
    assert page.title() != "run"
    assert page.locator("body script").count() == 3  # the data and the page's own two
    assert page.locator("img, iframe, object, [onload], [onerror]").count() == 0


def test_hostile_names_appear_as_they_are(hostile: Path, page: Page) -> None:
    page.goto(hostile.as_uri())
    assert page.locator("h1").inner_text() == HOSTILE[1]
    assert page.get_by_text("{{ 7 * 7 }}", exact=True).count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(warned: Path, page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(draw_root(warned, FAILED).as_uri())
    assert page.evaluate(CONTRAST) >= 4.5


@pytest.mark.parametrize("width", [390, 1440])
def test_tables_keep_their_meaning_on_every_screen(warned: Path, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(served_page(warned).as_uri() + "#show=trust")
    assert page.get_by_role("table").first.get_by_role("rowheader", name="volume_of_ballots").count() == 1


def test_the_page_has_one_main_landmark_and_one_title(warned: Path, page: Page) -> None:
    page.goto(served_page(warned).as_uri())
    counts = {role: page.get_by_role(role).count() for role in ("main", "banner", "navigation")}
    assert counts == {"main": 1, "banner": 1, "navigation": 1}
    assert page.locator("html").get_attribute("lang") == "en"


def test_numbers_and_days_are_written_by_the_locale_of_the_version(home: Path, built: Built) -> None:
    facts = {"locale": "de", "date_format": "dd.MM.y"}
    version = publish_built(home, built, facts=facts)
    assert "as of 27.04.2026" in text_of(draw_version(version.folder))


def test_the_portfolio_chooses_the_tiles_and_a_metric_without_a_chart_gets_one(
    home: Path, built: Built, page: Page
) -> None:
    version = publish_built(home, built, facts={"tiles": ["approval_rate", "delivered", "gone"]})
    path = home / "chosen.html"
    path.write_text(draw_version(version.folder))
    page.goto(f"{path.as_uri()}#show=outcomes+trust")
    assert page.locator(".tile .label").all_inner_texts()[:2] == ["Approval rate", "Deliverables delivered"]
    expect(page.locator("#chart-metric_delivered")).to_be_visible()
    expect(page.locator("#trust")).to_contain_text("tile gone: the version has no such metric")


def test_a_picture_of_the_page_is_taken_where_there_is_a_browser(warned: Path, browser: Browser) -> None:
    assert browser
    picture = screenshot(served_page(warned))
    assert picture is not None
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"


def test_without_a_browser_there_is_no_picture(warned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert screenshot(served_page(warned)) is None


LISTS = {
    "follows": "select grain, period_start, dimension_name, member_key, metric_name, value from metrics.fct_metric_values",
    "stays": "select metric_name, value from metrics.fct_metric_values",
}
LIST = """
section: todo
place: 1
kind: table
title: "These are the figures."
missing: "There are none."
query: {query} where metric_name = 'approval_rate'
columns:
  metric_name: {{label: Metric, unit: text}}
  value: {{label: Value, unit: share}}
"""


def redefined_since(folder: Path, first_refresh: str) -> Path:
    """The page of a version whose approval rate is defined otherwise since May 2025, with a list that has periods, and
    one that has none."""
    shutil.copytree(FOLDER, folder / "charts")
    for name, query in LISTS.items():
        (folder / "charts" / f"{name}.yml").write_text(LIST.format(query=query))
    build = make_build(
        folder / "warehouse.duckdb",
        extra="""
        update metrics.dim_metric
        set version_since = '2025-05-15', change_note = 'Abstentions are left out.' where metric_name = 'approval_rate';
        insert into metrics.fct_metric_values
        select
            'approval_rate', 1, 'quarter', day::date, (day + interval 3 month)::date, 'total', 0, 'total', 'Total', 0.5,
            null, null, 40, 0, 0.35, 0.65, 'measured', false
        from generate_series(date '2025-01-01', date '2025-10-01', interval 3 month) as quarters(day)
        """,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assembly, "charts", partial(charts, folder / "charts"))
        records = make_records(folder / "r.parquet", [], checked_at=first_refresh)
        publish_built(folder / "home", Built(build, records))
        return served_page(folder / "home")


@pytest.fixture(scope="module")
def redefined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return redefined_since(tmp_path_factory.mktemp("redefined"), "2025-05-14 06:00:00")


def test_a_definition_that_is_older_than_the_first_refresh_is_not_new(tmp_path: Path, page: Page) -> None:
    path = redefined_since(tmp_path, "2025-05-15 06:00:00")
    page.goto(f"{path.as_uri()}#show=outcomes+todo")
    expect(page.locator("figure", has=page.locator("text=of votes approved"))).not_to_have_count(0)
    expect(page.locator("text=new definition")).to_have_count(0)


def test_a_new_definition_is_marked_in_its_series_and_told_beside_it(redefined: Path, page: Page) -> None:
    page.goto(f"{redefined.as_uri()}#show=outcomes+todo")
    marked = page.locator("figure", has=page.locator("text=new definition"))
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text("of votes approved")
    expect(page.locator("#about-approval_rate")).to_contain_text("Abstentions are left out.")


@pytest.mark.parametrize(("period", "rows"), [("quarter-2025-04", 1), ("all", 1), ("quarter-2025-10", 1)])
def test_a_list_that_has_periods_shows_the_one_chosen(redefined: Path, page: Page, period: str, rows: int) -> None:
    page.goto(f"{redefined.as_uri()}#period={period}&show=outcomes+todo")
    figure = page.locator("#chart-follows")
    expect(figure.locator("tbody tr")).to_have_count(rows)
    expect(figure.locator(".scope")).to_be_hidden()


@pytest.mark.parametrize(
    ("period", "said"), [("quarter-2025-04", "Does not depend on the period chosen above."), ("all", "")]
)
def test_a_list_that_has_no_period_says_so_where_one_is_chosen(
    redefined: Path, page: Page, period: str, said: str
) -> None:
    page.goto(f"{redefined.as_uri()}#period={period}&show=outcomes+todo")
    figure = page.locator("#chart-stays")
    expect(figure.locator("tbody tr")).to_have_count(5)
    expect(figure.locator(".scope")).to_have_text(said)
