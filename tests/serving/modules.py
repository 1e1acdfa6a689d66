"""The modules of the page's script, run as they are in a real browser, on data that a test makes up."""

import json
from typing import Any

from playwright.sync_api import Page, Route

from serving.dashboard.assembly import number_format, value_statuses
from serving.dashboard.script import FOLDER
from serving.words import STATUS_WORDS

ADDRESS = "http://page.test/"
# all time, two years of which the later isn't over, a quarter and a month of each; days are places in DAYS
DAYS = ["2024-01-01", "2024-04-01", "2024-07-01", "2025-01-01", "2025-02-01", "2025-04-01", "2026-01-01"]
PERIODS = [
    ["all", "all", "all time", None, None, 0, None],
    ["year-2025", "fiscal_year", "2025", 3, 6, 1, 2],
    ["year-2024", "fiscal_year", "2024", 0, 3, 0, None],
    ["quarter-2025-01", "quarter", "Jan – Mar 2025", 3, 5, 0, None],
    ["quarter-2024-04", "quarter", "Apr – Jun 2024", 1, 2, 0, None],
    ["month-2025-01", "month", "Jan 2025", 3, 4, 0, None],
]
MEMBERS = [
    ["total", "total", "The whole portfolio"],
    ["team", "T-1", "Otter"],
    ["team", "T-2", "Lynx"],
    ["initiative", "I-1", "Bridge"],
    ["side", "pilot", "Pilot teams"],
    ["side", "rest", "The rest"],
]
DATA: dict[str, Any] = {
    "format": number_format("en", "USD"),
    "portfolio": "made-up",
    "days": [[day, f"day {day}"] for day in DAYS],
    "periods": PERIODS,
    "members": MEMBERS,
    "opens": 1,
    "metrics": {
        "m": {
            "unit": "share",
            "label": "Made up",
            "least": 10,
            "most": 1,
            "since": None,
            "silent": "no data",
            "warned": [],
        }
    },
    "charts": [],
    "warnings": [],
    "words": STATUS_WORDS,
    "statuses": value_statuses(),
    "sections": ["outcomes", "trust"],
    "tiles": [],
    "notes": [],
}


def chart(name: str, rows: list[dict[str, Any]], **said: Any) -> dict[str, Any]:
    """A chart as the page carries it, of rows that all have the same columns."""
    columns = {column: {"v": [row[column] for row in rows]} for column in (rows[0] if rows else {})}
    empty = {"encoding": {}, "sources": {}, "shown": {}, "sort": "", "show": 25, "kind": "table", "title": "Made up."}
    return empty | {"name": name, "rows": len(rows), "columns": columns} | said


class Modules:
    """Runs functions of the modules on data, each call on a page of its own."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.data = DATA
        page.route("**/*", self._serve)

    def _serve(self, route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS).partition("#")[0]
        if name:
            route.fulfill(body=(FOLDER / name).read_text(), content_type="text/javascript")
        else:
            data = json.dumps(self.data).replace("<", "\\u003c")
            body = f'<meta charset="utf-8"><script type="application/json" id="data">{data}</script>'
            route.fulfill(body=body, content_type="text/html")

    def run(self, module: str, code: str, given: Any = None, *, address: str = "", **data: Any) -> Any:
        """What the function `code` returns for the exports of `chart` and `module` and what is `given`.

        `data`: of the page's data.
        """
        self.data = DATA | data
        self.page.goto("about:blank")
        self.page.goto(ADDRESS + address)
        imported = f"{{ ...(await import('/chart.js')), ...(await import('/{module}.js')) }}"
        return self.page.evaluate(f"async given => ({code})({imported}, given)", given)
