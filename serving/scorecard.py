"""The scorecard as text, for a terminal and for a page without its script.

Each metric is shown over all time, else in its latest complete period. Each measured metric has a line; the labels of
the others are listed below, by the reason why they are not measured.
"""

from collections.abc import Collection, Iterable

from serving import words
from serving.figures import Metric, Score, Value

COLUMNS = ("metric", "period", "value", "n", "95 % interval", "status")


def scorecard(
    scores: list[Score], currency: str, feeds: Collection[str], locale: str = words.LOCALE
) -> tuple[list[tuple[str, ...]], dict[str, list[str]]]:
    """One line per measured metric (`COLUMNS`), its figures in words, and the labels of the others by reason.

    `currency` is the reporting currency, `feeds` are those that a source has given.
    """
    lines: list[tuple[str, ...]] = []
    silent: dict[str, list[str]] = {}
    for score in scores:
        measured = [value for value in score.values.values() if value is not None and value.value is not None]
        value = score.values.get("all") or next(iter(measured), None)
        if value is None or value.value is None:
            value = next(iter(measured), None)
        if value is None or value.value is None:
            silent.setdefault(_reason(score.metric, feeds), []).append(score.metric.label)
        else:
            lines.append((score.metric.label, *_cells(value, value.value, score.metric.unit, currency, locale)))
    return lines, dict(sorted(silent.items(), key=lambda item: -len(item[1])))


def lacking(needed: Iterable[str], feeds: Collection[str]) -> list[str]:
    """The feeds that a metric needs and no source has given. What kind of money a ledger entry is, accounts say."""
    wanted = [name for feed in needed for name in ((feed, "accounts") if feed == "ledger_entries" else (feed,))]
    return [feed for feed in dict.fromkeys(wanted) if feed not in feeds]


def _reason(metric: Metric, feeds: Collection[str]) -> str:
    missing = lacking(metric.feeds, feeds)
    return f"no data in {', '.join(missing)}" if missing else "nothing to measure in its feeds"


def _cells(value: Value, figure: float, unit: str | None, currency: str, locale: str) -> tuple[str, ...]:
    interval = "–"
    if value.lower is not None and value.upper is not None:
        bounds = (words.quantity(bound, unit, currency, locale) for bound in (value.lower, value.upper))
        interval = " … ".join(bounds)
    status = value.status.replace("_", " ")
    if value.period_start is None and value.is_partial:
        status += ", partial"
    if value.n_excluded and value.status == "incomplete":
        status += f" ({words.number(value.n_excluded, locale)} left out)"
    return (
        words.period(value.period_start, value.period_end, locale),
        words.quantity(figure, unit, currency, locale),
        words.number(value.n or 0, locale),
        interval,
        status,
    )
