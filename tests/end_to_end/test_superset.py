"""The dashboard in a real Superset, in a real browser: the figures that arrive there are the published ones."""

import os
import re
import shutil
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Response, sync_playwright
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from serving.bi.superset_server import ADMIN, Superset
from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.harness import ROOT, outcomes, served
from tests.end_to_end.pages import written_tiles
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("acme")]

PATIENCE = 300_000  # milliseconds: a page is slow where the machine is busy
CHARTS = 7  # beside the key figures


@dataclass(frozen=True)
class Shown:
    """What the dashboard was given, chart by chart, and what a person sees of it."""

    data: dict[str, list[dict[str, Any]]]
    text: str
    elsewhere: list[str]  # what the browser asked of other machines
    sql: str  # what the SQL box answers to a query on a file of the machine


@pytest.fixture(scope="module")
def superset(acme: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Generator[Superset]:
    """Superset with acme's dashboard, started for this file."""
    assert acme.said.exit_code == 0
    subprocess.run(["make", ".superset/.ready"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("superset")
    found = Superset(ROOT / ".superset" / "venv" / "bin", folder / "home", free_port())
    said = outcomes("superset", folder / "outcomes.zip", home=acme.homes, portfolio=acme.folder)
    assert said.exit_code == 0, said.err
    found.prepare()
    found.take(folder / "outcomes.zip")
    process = found.start()
    try:
        for attempt in Retrying(retry=retry_if_exception_type(OSError), stop=stop_after_delay(300), wait=wait_fixed(1)):
            with attempt, urlopen(f"{found.url}/health") as answer:
                assert answer.status == 200
        yield found
    finally:
        process.kill()  # it doesn't end by being asked to
        process.wait()


@pytest.fixture(scope="module")
def shown(acme: Refreshed, superset: Superset, tmp_path_factory: pytest.TempPathFactory) -> Generator[Shown]:
    """The dashboard, opened by someone who signed in."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium found: install it (Debian: apt-get install chromium)")
        pytest.skip("no Chromium found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(PATIENCE)
        figures = len(written_tiles(served(acme.home).parent))
        yield looked_at(page, superset, figures, tmp_path_factory.mktemp("screenshot"))
        browser.close()


def looked_at(page: Page, superset: Superset, figures: int, folder: Path) -> Shown:
    """Sign in, open the dashboard, wait for every chart's data."""
    data: dict[str, list[dict[str, Any]]] = {}
    elsewhere: list[str] = []

    def keep(response: Response) -> None:
        if "/api/v1/chart/data" in response.url:
            assert response.status == 200, response.text()
            slice_id = response.request.post_data_json["form_data"]["slice_id"]
            data[str(slice_id)] = response.json()["result"][0]["data"]

    page.on("response", keep)
    page.on(
        "requestfinished",
        lambda r: None if r.url.startswith((superset.url, "data:", "blob:")) else elsewhere.append(r.url),
    )
    page.goto(f"{superset.url}/login/")
    page.fill("#username", ADMIN)
    page.fill("#password", superset.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/welcome/**")
    page.goto(f"{superset.url}/superset/dashboard/outcomes-acme/?standalone=1")
    for attempt in Retrying(
        stop=stop_after_delay(PATIENCE / 1000), sleep=lambda s: page.wait_for_timeout(s * 1000), wait=wait_fixed(1)
    ):
        with attempt:
            assert len(data) == CHARTS + figures
    page.get_by_text("Return on investment", exact=True).wait_for()
    page.wait_for_timeout(3000)  # for charts to be drawn; the screenshot alone depends on it
    page.screenshot(path=folder / "superset-acme.png", full_page=True)
    names = {
        chart["id"]: chart["slice_name"] for chart in page.request.get(f"{superset.url}/api/v1/chart/").json()["result"]
    }
    return Shown(
        {names[int(number)]: rows for number, rows in data.items()},
        page.inner_text("body"),
        elsewhere,
        sql_box(page, superset),
    )


def sql_box(page: Page, superset: Superset) -> str:
    """What Superset's SQL box answers when it is asked for a file of its machine."""
    token = page.request.get(f"{superset.url}/api/v1/security/csrf_token/").json()["result"]
    [database] = page.request.get(f"{superset.url}/api/v1/database/").json()["result"]
    answer = page.request.post(
        f"{superset.url}/api/v1/sqllab/execute/",
        headers={"X-CSRFToken": token, "Referer": superset.url},
        data={"database_id": database["id"], "sql": "select * from read_text('/etc/hostname')", "runAsync": False},
    )
    return answer.text()


@pytest.mark.parametrize(
    ("chart", "metric"),
    [
        ("Cost by quarter", "cost"),
        ("Cost, by quarter", "cost"),  # a key figure
        ("Revenue by quarter", "revenue"),
        ("Deliverables delivered by quarter", "delivered"),
        ("Net promoter score by quarter", "nps"),
    ],
)
def test_a_chart_over_time_shows_the_published_figures(chart: str, metric: str, shown: Shown, acme: Refreshed) -> None:
    published = acme.read(
        f"select period_start, value from metrics.fct_metric_values where metric_name = '{metric}' and grain = 'quarter' "
        "and dimension_name = 'total' order by period_start"
    )

    found = [
        (datetime.fromtimestamp(row["period_start"] / 1000, UTC).date(), row["published_value"])
        for row in shown.data[chart]
    ]
    assert sorted(found) == published and len(published) >= 11


def test_the_scorecard_shows_every_metric_with_its_status(shown: Shown, acme: Refreshed) -> None:
    published = acme.read(
        "select metric_label, value, n, replace(status, '_', ' ') from metrics.fct_metric_values "
        "join metrics.dim_metric using (metric_name, metric_version) where grain = 'all' and dimension_name = 'total' order by 1"
    )

    assert [(row["metric"], row["value"], row["n"], row["status"]) for row in shown.data["Scorecard"]] == published
    cost = next(value for label, value, _, _ in published if label == "Cost")
    assert f"{cost:,.3f}".rstrip("0").rstrip(".") in shown.text


def test_initiatives_are_counted_by_what_came_of_them(shown: Shown, acme: Refreshed) -> None:
    published = acme.read(
        "select value_status, count(*) from outcomes.value_realization where level = 'initiative' group by 1 order by 1"
    )

    found = [(row["value_status"], row["items"]) for row in shown.data["Initiatives by value status"]]
    assert sorted(found) == published


def test_initiatives_are_listed_with_cost_and_verdict(shown: Shown, acme: Refreshed) -> None:
    published = acme.read(
        "select entity_name, value_status, cost_reporting_amount::double, roi from outcomes.value_realization where level = 'initiative' "
        "order by cost_reporting_amount desc nulls last"
    )

    rows = shown.data["Initiatives, by cost"]
    assert [(r["entity_name"], r["value_status"], r["cost_reporting_amount"], r["roi"]) for r in rows] == published


def test_no_page_loads_anything_from_elsewhere(shown: Shown) -> None:
    assert shown.elsewhere == []


def test_the_sql_box_reads_no_file_of_its_machine(shown: Shown) -> None:
    assert re.search("disabled by configuration", shown.sql), shown.sql
