"""The executive page of acme in a real browser: every figure against the warehouse, and all that a reader does."""

import base64
import csv
import io
import re
import shutil
import struct
from collections.abc import Callable, Generator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from serving import words
from serving.dashboard.assembly import FOLDED
from serving.dashboard.declared import charts
from serving.manifest import DATABASE
from serving.page import draw_version
from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.contradictions import Published, faults
from tests.end_to_end.harness import Rows, served
from tests.end_to_end.pages import (
    UNFOLDED,
    Oracle,
    choose,
    differences,
    evidence_of_release,
    evidence_of_work,
    initiative_differences,
    open_page,
    seen,
    serious,
    trends,
)

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("acme")]

HOSTILE = (
    "<script>document.title = 'run'</script>",
    "</script><script>document.title = 'run'</script>",
    '"><img src=x onerror="document.title = \'run\'">',
    "'; document.title = 'run'; //",
    "${document.title = 'run'}",
    "{{ 7 * 7 }}",
    "<!--<script>",
    "</style><svg onload=\"document.title = 'run'\">",
    "]]>\u2028\u2029\u202egnp.exe",
    "=cmd|' /C calc'!A0",
    "__proto__",
    "constructor",
)


@pytest.fixture(scope="module")
def oracle(acme: Refreshed) -> Generator[Oracle]:
    found = Oracle(served(acme.home))
    yield found
    found.connection.close()


@pytest.fixture
def page(acme: Refreshed, browser: Browser) -> Generator[Page]:
    """The page of acme, opened from the disk; the test fails if it asks for anything or says anything."""
    yield from open_page(browser, acme.home / "index.html")


def copy_tables(connection: duckdb.DuckDBPyConnection, select: Callable[[str], str]) -> None:
    """Make each table of the attached database `told` again, as `select` says: {table: its SELECT}."""
    for schema in ("core", "outcomes", "metrics", "audit"):
        connection.execute(f"create schema {schema}")
    for (table,) in connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'told'"
    ).fetchall():
        connection.execute(f"create table {table} as {select(table)}")


@pytest.fixture(scope="module")
def hostile(acme: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of acme with every text that people write, and every id, made hostile."""
    folder = tmp_path_factory.mktemp("hostile") / "version"
    folder.mkdir()
    source = served(acme.home)
    shutil.copy(source.parent / "manifest.json", folder)
    with duckdb.connect(str(folder / DATABASE)) as connection:
        connection.execute(f"attach '{source}' as told (read_only)")
        texts = connection.execute(
            """
            select schema_name || '.' || table_name, column_name from duckdb_columns()
            where database_name = 'told' and data_type = 'VARCHAR' and schema_name <> 'audit'
                and regexp_matches(column_name, '(_name|_id|_reason|description|label|formula|owner|unit|source_file|source_url|reason|smart_gaps)$')
                and column_name not in ('metric_name', 'dimension_name', 'metric_member_id')
            """
        ).fetchall()
        by_table: dict[str, list[str]] = {}
        for table, column in texts:
            by_table.setdefault(table, []).append(column)
        corpus = "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in HOSTILE) + "]"
        spoilt = {
            table: "select * replace ("
            + ", ".join(
                f'case when "{c}" is null or "{c}" like \'-%\' then "{c}" '
                f'else {corpus}[1 + (hash("{c}") % {len(HOSTILE)})::int] || "{c}" end as "{c}"'
                for c in columns
            )
            + ") from"
            for table, columns in by_table.items()
        }
        copy_tables(connection, lambda table: f"{spoilt.get(table, 'from')} told.{table}")
        connection.execute("detach told")
    path = folder.parent / "page.html"
    path.write_text(draw_version(folder))
    return path


@pytest.mark.parametrize(("seed", "states"), [(1, 40), pytest.param(2, 60, marks=pytest.mark.slow)])
def test_every_figure_equals_the_warehouse_whatever_is_chosen(
    page: Page, oracle: Oracle, seed: int, states: int
) -> None:
    shown = trends(oracle)
    wrong: list[str] = []
    for choice in oracle.choices(states, seed):
        choose(page, choice.address)
        wrong += differences(oracle, choice, page, "EUR", shown)
    assert wrong == []


def test_the_months_of_a_fiscal_year_add_up_to_its_metrics(oracle: Oracle) -> None:
    wrong = oracle.sql(
        """
        with
            years as (
                select
                    fiscal_year_start_date as period_start,
                    sum(budget_reporting_amount) as budget,
                    sum(cost_to_date_reporting_amount) filter (is_compared) as cost,
                    sum(forecast_reporting_amount) filter (is_compared) as forecast
                from outcomes.budget_months where is_counted group by 1
            )
        select metric_name, period_start, numerator, budget, cost, forecast
        from metrics.fct_metric_values full join years using (period_start)
        where grain = 'fiscal_year' and dimension_name = 'total'
            and abs(numerator - case metric_name when 'budget' then budget when 'budget_variance' then cost
                when 'cost_forecast' then forecast end) > 0.005
        """
    )
    assert wrong == []


def test_an_opened_initiative_shows_its_cost_rules_and_sources(page: Page, oracle: Oracle) -> None:
    wrong: list[str] = []
    for (identifier,) in oracle.sql(
        "select entity_id from outcomes.value_realization where level = 'initiative' order by 1 limit 8"
    ):
        choose(page, f"#period=all&open={identifier}{UNFOLDED}")
        wrong += initiative_differences(oracle, identifier, page, "EUR")
    assert wrong == []


def evidence(page: Page, name: str, identifier: str) -> Rows:
    """The rows of the evidence panel of an entry of a list, whose section alone is unfolded."""
    section = next(chart.section for chart in charts() if chart.name == name)
    choose(page, f"#period=all&{name}.evidence={identifier}&show={section}")
    panel = page.locator(f"#chart-{name} .evidence")
    panel.scroll_into_view_if_needed()
    expect(panel).to_be_visible()
    cells = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    return sorted(tuple(row) for row in panel.locator("tbody tr").evaluate_all(cells))


def test_a_deliverable_shows_what_moved_after_it(page: Page, oracle: Oracle) -> None:
    wrong: list[str] = []
    for (identifier,) in oracle.sql(
        """select entity_id from outcomes.value_realization where level = 'deliverable' and is_delivered
        qualify row_number() over (partition by evidence_level, value_status order by hash(entity_id)) <= 2"""
    ):
        shown, wanted = evidence(page, "deliverables", identifier), evidence_of_work(oracle, identifier)
        wrong += [] if shown == wanted else [f"{identifier}: {shown} is not {wanted}"]
    assert wrong == []


def test_a_release_shows_what_moved_after_it(page: Page, oracle: Oracle) -> None:
    wrong: list[str] = []
    for (identifier,) in oracle.sql(
        "select release_id from outcomes.release_changes where nps_change is not null order by hash(release_id) limit 8"
    ):
        shown, wanted = evidence(page, "releases", identifier), evidence_of_release(oracle, identifier)
        wrong += [] if shown == wanted else [f"{identifier}: {shown} is not {wanted}"]
    assert wrong == []


def test_mixed_work_says_what_its_goals_and_its_money_say_and_closes_again(page: Page, oracle: Oracle) -> None:
    [(identifier, name)] = oracle.sql(
        """select entity_id, entity_name from outcomes.value_realization
        where level = 'deliverable' and value_status = 'mixed' order by entity_id limit 1"""
    )
    choose(page, f"#period=all&deliverables.q={identifier}{UNFOLDED}")
    page.locator("#chart-deliverables").get_by_role("button", name=name).press("Enter")
    panel = page.locator("#chart-deliverables .evidence")
    expect(panel.locator("h4")).to_be_focused()
    for text in ("Mixed: key results and money", "Its goals say", "Its own money says", "Evidence", "not a cause"):
        expect(panel).to_contain_text(text)
    page.reload()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_no_figure_contradicts_another_and_no_sentence_says_too_much(
    acme: Refreshed, oracle: Oracle, browser: Browser
) -> None:
    assert faults(browser, Published(oracle, acme.home, "EUR"), 10, 3) == []


# what a reader does


def test_the_page_opens_on_the_latest_full_year_of_which_work_can_be_judged(page: Page) -> None:
    expect(page.locator("select[name=period] option:checked")).to_have_text("Jul 2025 – Jun 2026")


def test_a_choice_survives_a_reload_and_the_back_button_takes_it_back(page: Page) -> None:
    page.locator("select[name=period]").select_option("all")
    page.locator("select[name=by]").select_option("team")
    page.locator("select[name=of]").select_option(label="Otter")
    said = page.locator("#answer-sentence").inner_text()
    page.reload()
    assert page.locator("#answer-sentence").inner_text() == said
    assert said.startswith("Otter: over all time")
    page.go_back()
    page.go_back()
    expect(page.locator("select[name=by]")).to_have_value("total")
    page.go_forward()
    page.go_forward()
    expect(page.locator("#answer-sentence")).to_have_text(re.compile("^Otter"))


def test_the_first_screen_has_the_answer_the_key_figures_and_the_bar(acme: Refreshed, browser: Browser) -> None:
    for width, height in ((1440, 900), (390, 844)):
        for page in open_page(browser, acme.home / "index.html", viewport={"width": width, "height": height}):
            for part in ("#answer-sentence > p", "#chart-key_figures .tile >> nth=-1", "#chart-what_became_of_it svg"):
                expect(page.locator(part)).to_be_in_viewport(ratio=1)


def test_a_folded_page_is_short_and_each_section_says_what_it_found(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollHeight") <= 4500
    findings = page.locator("main > section .finding").all_inner_texts()
    assert len(findings) == len(FOLDED) and all(text.endswith(".") for text in findings)


def test_a_section_unfolds_by_the_keyboard_and_stays_so_on_reload(page: Page) -> None:
    toggle = page.get_by_role("button", name="Money")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chart-spending")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Money")).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="Money").press("Enter")
    expect(page.locator("#chart-spending")).to_be_hidden()


def test_a_tile_leads_to_its_chart(page: Page) -> None:
    page.locator(".tile[data-metric=nps]").click()
    expect(page.locator("#title-nps")).to_be_focused()
    expect(page.locator("#title-nps")).to_be_in_viewport()


def test_every_choice_is_a_chip_that_takes_it_back(page: Page) -> None:
    choose(page, "#period=all&by=team&of=TEAM-01&against=year-2024-07&deliverables.q=alerts&beside=team+TEAM-02")
    chips = page.locator("#chips .chip")
    count = chips.count()
    assert count == 6  # and one that takes all back
    for left in range(count - 2, 0, -1):
        chips.first.click()
        expect(chips).to_have_count(left + (left > 1))
    chips.first.click()
    expect(page.locator("#chips")).to_be_hidden()


def test_members_that_are_compared_are_chosen_and_drawn(page: Page) -> None:
    choose(page, f"#period=all{UNFOLDED}")
    leaders = page.locator("#chart-members_compared")
    leaders.get_by_role("button", name="Products", exact=True).click()
    leaders.get_by_role("combobox").select_option("cost")
    figures = leaders.locator("tbody tr")
    names = [row.locator("th").inner_text() for row in figures.all()]
    leaders.get_by_role("checkbox").nth(0).check()
    leaders.get_by_role("checkbox").nth(1).check()
    legend = page.locator("#chart-spending .key")
    expect(legend).to_contain_text(names[0])
    expect(legend).to_contain_text(names[1])
    leaders.get_by_role("button", name=names[0]).click()
    expect(page.locator("select[name=by]")).to_have_value("product")


def test_another_period_is_compared_freely(page: Page, oracle: Oracle) -> None:
    choose(page, f"#period=year-2025-07&against=year-2023-07{UNFOLDED}")
    [(value,)] = oracle.sql(
        """select value from metrics.fct_metric_values where metric_name = 'nps' and dimension_name = 'total'
        and grain = 'fiscal_year' and period_start = date '2023-07-01'"""
    )
    shown = words.quantity(value, "points", "EUR")
    expect(page.locator("#chart-nps")).to_contain_text(f"Jul 2023 – Jun 2024: {shown}")
    expect(page.locator("#chart-nps")).not_to_contain_text("year before")


def test_a_part_of_the_bar_lists_its_deliverables(page: Page, oracle: Oracle) -> None:
    choose(page, f"#period=all{UNFOLDED}")
    page.get_by_role("button", name="Value created").click()
    [(count,)] = oracle.sql(
        "select count(*) from outcomes.value_realization where level = 'deliverable' and value_status = 'value_created'"
    )
    expect(page.locator("#chart-deliverables .told")).to_have_text(re.compile(rf"^{count} of \d+ rows$"))
    assert page.evaluate("document.activeElement.id") == "title-deliverables"
    page.reload()
    expect(page.locator("#chart-deliverables .told")).to_have_text(re.compile(rf"^{count} of \d+ rows$"))


def test_a_click_on_the_bar_itself_lists_them_too(page: Page) -> None:
    choose(page, f"#period=all{UNFOLDED}")
    page.locator("#chart-what_became_of_it .plot svg path[fill*='value-created']").first.click()
    expect(page.locator("#title-deliverables")).to_be_focused()
    assert "deliverables.value_status=value+created" in page.url


def test_a_list_is_searched_sorted_and_saved_as_it_is_shown(page: Page) -> None:
    choose(page, f"#period=all{UNFOLDED}")
    figure = page.locator("#chart-deliverables")
    figure.get_by_role("searchbox").fill("alerts")
    figure.get_by_role("button", name="Delivered on").click()
    shown = [row.inner_text() for row in figure.locator("tbody th").all()]
    with page.expect_download() as download:
        figure.get_by_role("button", name="Save as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert [row["Deliverable"] for row in rows] == shown
    days = [row["Delivered on"] for row in rows if row["Delivered on"]]
    assert days == sorted(days, reverse=True)
    assert all("alerts" in " ".join(row.values()).lower() for row in rows)


def test_a_list_is_saved_as_an_excel_file_with_numbers_and_dates(page: Page) -> None:
    choose(page, f"#period=all&deliverables.q=alerts{UNFOLDED}")
    figure = page.locator("#chart-deliverables")
    files: list[Path] = []
    for kind in ("CSV", "Excel"):
        with page.expect_download() as download:
            figure.get_by_role("button", name=f"Save as {kind}").click()
        files.append(Path(download.value.path()))
    assert download.value.suggested_filename == "acme-deliverables.xlsx"
    heads, *rows = CalamineWorkbook.from_path(str(files[1])).get_sheet_by_name("Figures").to_python()
    wanted_heads, *wanted = list(csv.reader(io.StringIO(files[0].read_text(encoding="utf-8-sig"))))
    assert heads == wanted_heads and len(rows) == len(wanted) > 1
    for name, kind in (("Cost", float), ("Delivered on", date), ("Deliverable", str)):
        place = heads.index(name)
        known = [(row[place], text[place]) for row, text in zip(rows, wanted, strict=True) if text[place]]
        assert all(isinstance(value, kind) for value, _ in known)
        assert [kind(text) if kind is float else text for _, text in known] == [
            value.isoformat() if isinstance(value, date) else value for value, _ in known
        ]


def test_a_chart_is_saved_as_a_picture_with_its_title(page: Page) -> None:
    choose(page, f"#period=all{UNFOLDED}")
    figure = page.locator("#chart-nps")
    figure.locator("summary", has_text="Figures as a table").click()
    box = figure.locator(".plot svg").bounding_box()
    with page.expect_download() as download:
        figure.get_by_role("button", name="Save as PNG").click()
    picture = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename == "acme-nps.png" and picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert box is not None and width == round(2 * (box["width"] + 32)) and height > 2 * box["height"]
    # the ink of its words above the line, and the colour of the line
    colours = page.evaluate(
        """async picture => {
          const image = new Image();
          image.src = `data:image/png;base64,${picture}`;
          await image.decode();
          const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, image.width, image.height);
          const found = new Set();
          for (let at = 0; at < data.length; at += 4) found.add(`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`);
          const named = ['--ink', '--link', '--sheet'].map(name => {
            const probe = document.body.appendChild(document.createElement('i'));
            probe.style.color = `var(${name})`;
            return getComputedStyle(probe).color;
          });
          return named.map(colour => found.has(colour));
        }""",
        base64.b64encode(picture).decode(),
    )
    assert colours == [True, True, True]


def test_the_points_of_a_chart_are_read_by_the_keyboard(page: Page, oracle: Oracle) -> None:
    choose(page, f"#period=all{UNFOLDED}")
    plot = page.locator("#chart-nps .plot")
    [(start, end, value)] = oracle.sql(
        """select period_start, period_end, value from metrics.fct_metric_values
        where metric_name = 'nps' and grain = 'quarter' and dimension_name = 'total' and status = 'measured'
        order by period_start desc limit 1"""
    )
    plot.focus()
    page.keyboard.press("End")
    tip = plot.locator(".tip")
    expect(tip).to_be_visible()
    expect(tip).to_contain_text(words.period(start, end))
    expect(tip).to_contain_text(words.quantity(value, "points", "EUR"))
    page.keyboard.press("ArrowLeft")
    expect(tip).not_to_contain_text(words.period(start, end))
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_an_initiative_opens_and_closes_by_the_keyboard(page: Page) -> None:
    choose(page, f"#period=all{UNFOLDED}")
    button = page.locator("#chart-initiatives tbody th button").first
    name = button.inner_text()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#heading-initiative")).to_have_text(name)
    expect(page.locator("#heading-initiative")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#initiative")).to_be_hidden()


def test_every_control_is_reached_by_the_keyboard_and_shows_it(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the figures")).to_be_focused()
    unseen = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, select, input, summary')]
        .filter(one => one.offsetParent && (one.focus(), getComputedStyle(one).outlineStyle === 'none') && one.matches(':focus-visible'))
        .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert unseen == []


def test_a_link_to_a_section_leaves_what_was_chosen(page: Page) -> None:
    choose(page, "#period=all")
    page.get_by_role("link", name="The shift").click()
    assert page.url.endswith("#period=all&show=shift")
    expect(page.locator("#heading-shift")).to_be_focused()


def test_an_address_that_means_nothing_shows_the_start(page: Page) -> None:
    start = page.locator("#answer-sentence").inner_text()
    choose(page, "#period=never&by=team&of=nobody&open=nothing&deliverables.sort=-x&nope.q=1&__proto__.q=1")
    assert page.locator("#answer-sentence").inner_text() == start


# who reads it, and on what


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_issue(acme: Refreshed, browser: Browser, scheme: Any) -> None:
    assert serious(browser, acme.home / "index.html", f"#period=all&open=INI-0001{UNFOLDED}", scheme) == []


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_the_page_never_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    choose(page, f"#period=all&open=INI-0001{UNFOLDED}")
    seen(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1440])
def test_every_chart_fills_its_place_and_clips_no_label(acme: Refreshed, browser: Browser, width: int) -> None:
    viewport = {"width": width, "height": 1000}
    for page in open_page(browser, acme.home / "index.html", f"#{UNFOLDED}", viewport=viewport):
        page.evaluate(
            """async () => {
              const isOut = one => one.hidden || one.closest('[hidden]') || one.querySelector('.title').textContent;
              while (![...document.querySelectorAll('figure')].every(isOut)) await new Promise(done => setTimeout(done, 20));
            }"""
        )
        wrong = page.evaluate(
            """() => [...document.querySelectorAll('.plot')].filter(plot => plot.offsetParent).flatMap(plot => {
              const svg = plot.querySelector('svg').getBoundingClientRect();
              const clipped = [...plot.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < svg.left - 2 || box.right > svg.right + 2 || box.top < svg.top - 2 || box.bottom > svg.bottom + 2;
              }).map(text => text.textContent);
              const place = plot.closest('figure').id;
              return Math.abs(svg.width - plot.clientWidth) > 1 ? [`${place}: ${svg.width} of ${plot.clientWidth}`] : clipped.map(text => `${place}: ${text}`);
            })"""
        )
        assert wrong == []


def test_it_prints_on_two_to_four_pages(page: Page) -> None:
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", print_background=True)))
    assert 2 <= pages <= 4


def test_it_carries_no_personal_data(acme: Refreshed) -> None:
    text = (acme.home / "index.html").read_text()
    people = acme.read("select person_id from core.dim_person where person_key > 0")
    assert people
    assert [person for (person,) in people if person in text] == []


def test_a_version_has_one_page_in_whatever_order_its_rows_are_read(acme: Refreshed, tmp_path: Path) -> None:
    source, pages = served(acme.home), list[str]()
    for order in ("all", "random()"):
        folder = tmp_path / order
        folder.mkdir()
        shutil.copy(source.parent / "manifest.json", folder)
        with duckdb.connect(str(folder / DATABASE)) as connection:
            connection.execute(f"attach '{source}' as told (read_only)")
            connection.execute("select setseed(0.5)")
            copy_tables(connection, lambda table, order=order: f"from told.{table} order by {order}")
            connection.execute("detach told")
        pages.append(draw_version(folder))
    assert pages[0].encode() == pages[1].encode()


def test_hostile_texts_run_nothing_wherever_they_stand(hostile: Path, browser: Browser) -> None:
    for page in open_page(browser, hostile):
        for address in (
            f"#period=all{UNFOLDED}",
            f"#period=all&by=team&of=x{UNFOLDED}",
            f"#period=all&initiatives.show=500&deliverables.show=500{UNFOLDED}",
        ):
            choose(page, address)
            found = seen(page)
            for button in page.locator("#chart-initiatives tbody th button").all()[:3]:
                button.click()
                seen(page)
            for mark in page.locator("svg path, svg circle").all()[:40]:
                mark.dispatch_event("mousemove")
        assert page.title() != "run"
        assert page.locator("img, iframe, object, [onload], [onerror]").count() == 0
        shown = str(found)
        assert [text for text in HOSTILE if text[:12] not in shown and text.isprintable()] == []


def test_a_hostile_text_is_no_formula_in_a_csv(hostile: Path, browser: Browser) -> None:
    for page in open_page(browser, hostile):
        choose(page, f"#period=all{UNFOLDED}")
        with page.expect_download() as download:
            page.locator("#chart-deliverables").get_by_role("button", name="Save as CSV").click()
        rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
        cells = [cell for row in rows for cell in row]
        assert any(cell.startswith("'=cmd") for cell in cells)
        assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []


@pytest.mark.slow
def test_ten_thousand_deliverables_stay_usable(acme: Refreshed, browser: Browser, tmp_path: Path) -> None:
    source, folder = served(acme.home), tmp_path / "version"
    folder.mkdir()
    shutil.copy(source.parent / "manifest.json", folder)
    shutil.copy(source, folder / DATABASE)
    (folder / DATABASE).chmod(0o644)
    with duckdb.connect(str(folder / DATABASE)) as connection:
        connection.execute("create table many as select * from outcomes.value_realization where level = 'deliverable'")
        [(count,)] = connection.execute("select count(*) from many").fetchall()
        connection.execute(
            f"""insert into outcomes.value_realization select many.* replace (
                hash(value_realization_key, range) % 1152921504606846976 as value_realization_key,
                hash(entity_key, range) % 1152921504606846976 as entity_key,
                entity_id || '-' || range as entity_id, entity_name || ' ' || range as entity_name)
            from many, range({10_000 // count})"""
        )
        connection.execute("drop table many")
    path = tmp_path / "page.html"
    path.write_text(draw_version(folder))
    for page in open_page(browser, path):
        choose(page, f"#period=all{UNFOLDED}")
        figure = page.locator("#chart-deliverables")
        expect(figure.locator(".told")).to_have_text(re.compile(r"^1\d,\d{3} rows$"))
        figure.get_by_role("searchbox").fill("alerts")
        expect(figure.locator(".told")).to_have_text(re.compile(r"^[\d,]+ of 1\d,\d{3} rows$"))
        assert figure.locator("tbody tr").count() == 12
        figure.get_by_role("button", name="Show 50 more").click()
        assert figure.locator("tbody tr").count() == 62
