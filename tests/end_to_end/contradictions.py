"""Every figure that a portfolio shows, with its label, period and scope, wherever it is shown: the same label of the same
period and scope must be the same figure and the same status. And no sentence says more than what is given allows."""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from serving import words
from serving.figures import scores
from serving.scorecard import scorecard
from tests.end_to_end.pages import Choice, Oracle, choose, open_page, seen

TOTAL = ("total", "total")
ALL_TIME = words.period(None, None)
FEW, NOT_MEASURED = words.STATUS_WORDS["insufficient_sample"], words.NOT_MEASURED
HIDDEN = (FEW, NOT_MEASURED)

Scope = tuple[str, str]  # dimension and member


@dataclass(frozen=True)
class Figure:
    """A figure as it is shown: `value` in words; `status` in the words of the page, None where none is shown."""

    label: str
    period: str
    scope: Scope
    value: str
    status: str | None
    source: str

    @property
    def said_of(self) -> tuple[str, str, Scope]:
        """What two figures must share to be the same."""
        return self.label, self.period.lower(), self.scope


# For each mart with columns that are named as metrics: the period, dimension and member that a row is of, as SQL. A new
# mart with such a column has to say them.
MARTS = {
    "alignment": ("month", "month_start_date", "dimension_name", "member_id"),
    "customer_pulse": ("month", "month_start_date", "dimension_name", "coalesce(product_id, 'total')"),
    "goal_scorecard": ("all", "null::date", "'objective'", "objective_id"),
    "shift_to_outcomes": (
        "quarter",
        "quarter_start_date",
        "if(side = 'all', 'total', 'pilot_side')",
        "if(side = 'all', 'total', side)",
    ),
    "value_realization": ("all", "null::date", "level", "entity_id"),
    "wins": ("all", "null::date", "'key_result'", "key_result_id"),
}


class Published:
    """What is told of a published portfolio: by its metric values, its marts, the command line and its page."""

    def __init__(self, oracle: Oracle, home: Path, currency: str) -> None:
        self.oracle, self.home, self.currency = oracle, home, currency
        self.names = {label: name for name, label in oracle.labels.items()}
        self.periods = {
            (grain, start): words.period(start, end)
            for grain, start, end in oracle.sql(
                "select distinct grain, period_start, period_end from metrics.fct_metric_values"
            )
        } | {("all", None): ALL_TIME}
        self.initiatives: dict[str, list[str]] = defaultdict(list)
        for identifier, name in oracle.sql(
            "select initiative_id, initiative_name from core.dim_initiative where is_latest and initiative_key > 0"
        ):
            self.initiatives[name].append(identifier)

    def write(self, metric: str, value: float | None) -> str:
        """A metric's value in words."""
        return NOT_MEASURED if value is None else words.quantity(value, self.oracle.metrics[metric][0], self.currency)

    # the warehouse

    def metric_values(self) -> Iterator[Figure]:
        """`fct_metric_values`, by the newest definitions."""
        for name, start, end, dimension, member, value, status in self.oracle.sql(
            """select metric_name, period_start, period_end, dimension_name, member_id, value, status
            from metrics.fct_metric_values where grain in ('all', 'fiscal_year', 'quarter', 'month')
            qualify metric_version = max(metric_version) over (partition by metric_name)"""
        ):
            label, shown = self.oracle.labels[name], self.write(name, value)
            yield Figure(
                label, words.period(start, end), (dimension, member), shown, words.STATUS_WORDS[status], "metric values"
            )

    def marts(self) -> Iterator[Figure]:
        """Columns of the schema `outcomes` that are named as a metric."""
        columns: dict[str, set[str]] = defaultdict(set)
        for table, column in self.oracle.sql(
            "select table_name, column_name from duckdb_columns() where schema_name = 'outcomes'"
        ):
            columns[table].add(column)
        for table, found in columns.items():
            for name in sorted(found & self.oracle.labels.keys()):
                assert table in MARTS, f"outcomes.{table}.{name}: say in MARTS whose figure it is"
                grain, start, dimension, member = MARTS[table]
                status = f"{name}_status" if f"{name}_status" in found else "null"
                for first, *scope, value, said in self.oracle.sql(
                    f"select {start}, {dimension}, {member}, {name}, {status} from outcomes.{table}"
                ):
                    yield Figure(
                        self.oracle.labels[name],
                        self.periods[grain, first],
                        (scope[0], scope[1]),
                        self.write(name, value),
                        words.STATUS_WORDS[said] if said else None,
                        f"outcomes.{table}",
                    )

    # the command line

    def scorecard(self) -> Iterator[Figure]:
        """`outcomes status`; what it calls not measured has no measured total in any period that it could show."""
        lines, silent = scorecard(scores(self.oracle.connection), self.currency, ())
        statuses = {status.replace("_", " "): said for status, said in words.STATUS_WORDS.items()}
        for label, period, value, _, _, status in lines:
            yield Figure(label, period, TOTAL, value, statuses[re.split("[,(]", status)[0].strip()], "status")
        for label in chain.from_iterable(silent.values()):
            if self.oracle.sql(
                f"select 1 from metrics.fct_metric_values where metric_name = '{self.names[label]}' and grain = 'all'"
            ):
                yield Figure(label, ALL_TIME, TOTAL, NOT_MEASURED, NOT_MEASURED, "status")

    # the page

    def page(self, page: Page, choice: Choice, opened: str | None) -> Iterator[Figure]:
        """All figures of the page that have a metric's label, as the reader chose."""
        shown = seen(page)
        chosen = (choice.dimension, choice.id)
        yield from self._sentence(shown["sentence"], choice)
        for name, figure in shown["figures"].items():
            for tile in figure["tiles"]:
                yield from self._tile(tile, choice)
            if figure["label"]:
                yield from self._card(name, figure, chosen)
            elif "Status" in figure["heads"] and figure["heads"][0] == "Metric":
                yield from self._scorecard(name, figure, choice)
            elif figure["heads"] and figure["heads"][0] == "Compared":
                yield from self._pilots(name, figure)
            elif figure["rows"]:
                yield from self._table(name, figure)
        for label, value in page.evaluate(TERMS, "#trust dl.terms > div"):
            yield from self._term("page: trust", label, value, TOTAL)
        if opened is not None:
            for label, value in page.evaluate(TERMS, "#chart-initiative_facts dl > div"):
                yield from self._term("page: initiative_facts", label, value, ("initiative", opened))

    def _sentence(self, sentence: str, choice: Choice) -> Iterator[Figure]:
        """The answer: how much was delivered, in the period and in that before."""
        delivered = Figure(
            self.oracle.labels["delivered"],
            choice.label,
            (choice.dimension, choice.id),
            "0",
            None,
            f"page: answer ({sentence})",
        )
        now, _, before = sentence.partition("A year before (")
        if not before:
            now, _, before = sentence.partition("In the period before (")
        yield replace(delivered, **_delivered(now))
        if before:
            period, _, then = before.partition(") ")
            yield replace(delivered, period=period, **_delivered(then))

    def _card(self, name: str, figure: dict[str, Any], chosen: Scope) -> Iterator[Figure]:
        """A metric's card: its figure, those that it is compared with, and the table behind it."""
        period, *lines = (part.strip() for part in figure["lines"].split("·"))
        status = {FEW: FEW, NOT_MEASURED: NOT_MEASURED}.get(figure["amount"], "measured")
        if any(line.startswith("incomplete:") for line in lines):
            status = words.STATUS_WORDS["incomplete"]
        card = Figure(figure["label"], period, chosen, figure["amount"], status, f"page: {name}")
        yield card
        periods = {text.lower() for text in self.periods.values()}
        for line in lines:
            before, _, value = line.partition(": ")
            if before.lower() in periods:
                yield replace(card, period=before, value=value, status=None)
            for side, words_of in (("pilot", "pilot teams "), ("rest", "the rest ")):
                if line.startswith(words_of):
                    yield replace(card, scope=("pilot_side", side), value=line.removeprefix(words_of), status=None)
        for row in figure["rows"][0] if figure["rows"] else []:
            cells = dict(zip(figure["heads"], row, strict=True))
            label = figure["heads"][1]
            yield replace(card, label=label, period=cells["Period"], value=cells[label], status=cells["Status"])

    def _tile(self, tile: dict[str, Any], choice: Choice) -> Iterator[Figure]:
        """A tile: its figure, of the chosen period or of one that it names, and that of the metric beside it."""
        notes = [part.strip() for part in tile["note"].split("·")]
        names = {text.lower(): text for text in self.periods.values()}
        period = names.get(notes[0].lower(), choice.label)
        status = {FEW: FEW, NOT_MEASURED: NOT_MEASURED}.get(tile["amount"], "measured")
        incomplete = words.STATUS_WORDS["incomplete"]
        status = incomplete if incomplete in notes else status
        shown = Figure(tile["label"], period, (choice.dimension, choice.id), tile["amount"], status, "page: tiles")
        yield shown
        for part in notes:
            label, _, value = part.partition(": ")
            if label in self.names:
                yield replace(shown, label=label, value=value, status=None)

    def _scorecard(self, name: str, figure: dict[str, Any], choice: Choice) -> Iterator[Figure]:
        for row in figure["rows"][0]:
            cells = dict(zip(figure["heads"], row, strict=True))
            scope = (choice.dimension, choice.id)
            yield Figure(cells["Metric"], choice.label, scope, cells["Value"], cells["Status"], f"page: {name}")

    def _pilots(self, name: str, figure: dict[str, Any]) -> Iterator[Figure]:
        """Metrics of the whole portfolio over all time, whatever is chosen."""
        for label, value, *_ in figure["rows"][0]:
            yield Figure(label, ALL_TIME, TOTAL, value, value if value in HIDDEN else None, f"page: {name}")

    def _table(self, name: str, figure: dict[str, Any]) -> Iterator[Figure]:
        """A list's columns that have a metric's label. Lists are of today: their figures are of all time."""
        heads: list[str] = figure["heads"]
        for row in figure["rows"][0]:
            cells = dict(zip(heads, row, strict=True))
            kind = cells.get("Level", heads[0].lower())
            ids = self.initiatives[row[0]] if kind == "initiative" else []
            if len(ids) == 1:
                for label, value in cells.items():
                    yield from self._term(f"page: {name}", label, value, ("initiative", ids[0]))

    def _term(self, source: str, label: str, value: str, scope: Scope) -> Iterator[Figure]:
        """A figure that says its status, where it isn't simply measured, in brackets."""
        if label in self.names:
            shown, _, status = value.removesuffix(")").partition(" (")
            silent = shown if shown in HIDDEN else "measured"
            yield Figure(label, ALL_TIME, scope, shown, status or silent, source)


TERMS = """where => [...document.querySelectorAll(where)].map(
  one => [...one.children].map(part => part.textContent.replaceAll('\\u00a0', ' ').trim()))"""


def _delivered(sentence: str) -> dict[str, str]:
    """How many were delivered, by a sentence."""
    if "how much was delivered is not measured" in sentence or "as far as is known" in sentence:
        return {"value": NOT_MEASURED, "status": NOT_MEASURED}
    found = re.search(r"([\d,]+) deliverables?\b", sentence)
    return {"value": found[1] if found else "0"}


def contradictions(figures: Iterable[Figure]) -> list[str]:
    """Where two figures with one label, period and scope differ, one line each."""
    told: dict[tuple[str, str, Scope], dict[tuple[str, str | None], str]] = defaultdict(dict)
    for figure in figures:
        told[figure.said_of].setdefault((_plain(figure.value), figure.status), figure.source)
    return [f"{said_of}: {found}" for said_of, found in told.items() if _differ(found)]


def _differ(found: dict[tuple[str, str | None], str]) -> bool:
    """Whether figures of the same thing differ. Of a sample that is too small, a page may keep the value to itself."""
    statuses = {status for _, status in found if status is not None}
    values = {value for value, _ in found if value != FEW}
    return len(statuses) > 1 or len(values) > 1 or (FEW in statuses and any(status is None for _, status in found))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u2060", "")


# what a sentence or a column speaks of, by the feed without which nothing is known of it
SUBJECTS = {
    "work_items": re.compile(r"\bdeliver|\bwork\b", re.IGNORECASE),
    "key_results": re.compile(r"\bgoals?\b|\bkey results?\b|\boutcomes?\b", re.IGNORECASE),
    "survey_responses": re.compile(r"\bcustomers?\b|\banswers?\b", re.IGNORECASE),
    "ledger_entries": re.compile(r"\bcosts?\b|\bspent\b", re.IGNORECASE),
    "initiatives": re.compile(r"\binitiatives?\b", re.IGNORECASE),
}
SWEEPING = re.compile(r"\b(all|each|every|everything|no|nobody|none|nothing)\b(?! time)|(?<![\d.,])0 ?%", re.IGNORECASE)
MODEST = re.compile(r"\bknown\b|\bnot measured\b|\btoo (few|little)\b", re.IGNORECASE)
ZERO = re.compile(r"[^\d]*0([.,]0+)?[^\d]*")
SENTENCES = """() => [...document.querySelectorAll(
  'main .title, #answer-sentence p, main .unmeasured li, main .meanings .meaning, main .beside, main .finding, main .lacking, main .decision p, noscript p')]
  .filter(one => !one.closest('[hidden]')).map(one => one.textContent)"""
UNMEASURED = "[...document.querySelectorAll('main .unmeasured:not([hidden]) li')].map(one => one.textContent)"


def given_feeds(home: Path) -> set[str]:
    """The feeds of which a served version has rows."""
    manifest = json.loads((home / "serve" / "current" / "manifest.json").read_text())
    return {load["feed"] for load in manifest["loads"] if load["landed_rows"]}


def overstatements(page: Page, given: set[str]) -> list[str]:
    """What the page says though the status of a figure doesn't allow it, or though nothing is given of it."""
    found = [f"no reason: {text}" for text in page.evaluate(UNMEASURED) if " is not measured: " not in text]
    missing = {feed: subject for feed, subject in SUBJECTS.items() if feed not in given}
    sentences: list[str] = page.evaluate(SENTENCES)
    found += [f"names a figure that isn't known: {text}" for text in sentences if re.search(r"[,:] –( |$)", text)]
    for clause in (part for text in sentences for part in re.split(r"[.;:] ", f"{text} ")):
        if SWEEPING.search(clause) and not MODEST.search(clause):
            found += [f"without {feed}: {clause}" for feed, subject in missing.items() if subject.search(clause)]
    for name, figure in seen(page)["figures"].items():
        amount, title = figure["amount"], _plain(figure["title"])
        if amount == NOT_MEASURED and " is not measured: " not in title:
            found.append(f"{name} isn't measured: {title}")
        elif amount == FEW and not re.search(r"\btoo (few|little)\b", title, re.IGNORECASE):
            found.append(f"{name} has too few: {title}")
        elif amount not in (None, *HIDDEN) and _plain(amount) not in title:
            found.append(f"{name} is {amount}: {title}")
        for row in figure["rows"][0] if figure["rows"] else []:
            for head, cell in zip(figure["heads"], row, strict=True):
                if ZERO.fullmatch(cell) and any(subject.search(head) for subject in missing.values()):
                    found.append(f"{name} shows {cell} of {head}")
    return found


def faults(browser: Browser, portfolio: Published, count: int, seed: int) -> list[str]:
    """Where a portfolio contradicts itself or says too much: its page in `count` random states, its marts, its scorecard."""
    figures = [*portfolio.metric_values(), *portfolio.marts(), *portfolio.scorecard()]
    said: set[str] = set()
    given = given_feeds(portfolio.home)
    for page, found in walk(browser, portfolio, count, seed):
        figures += found
        said |= set(overstatements(page, given))
    return contradictions(figures) + sorted(said)


def walk(browser: Browser, portfolio: Published, count: int, seed: int) -> Iterator[tuple[Page, list[Figure]]]:
    """The page in `count` random states, with the figures that it shows in each."""
    chance = random.Random(seed)
    initiatives = [identifier for ids in portfolio.initiatives.values() for identifier in sorted(ids)]
    for page in open_page(browser, portfolio.home / "index.html"):
        for choice in portfolio.oracle.choices(count, seed):
            opened = chance.choice(initiatives) if initiatives else None
            choose(page, choice.address + (f"&open={opened}" if opened else ""))
            yield page, list(portfolio.page(page, choice, opened))
