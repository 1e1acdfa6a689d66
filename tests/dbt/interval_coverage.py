"""How often the intervals of the SQL macros hold the truth: exactly, over every outcome weighed by its probability.

The macros are rendered as dbt renders them and run in DuckDB. A sample of n answers has finitely many outcomes, each with
one interval and, for given shares, one probability; the coverage is the sum of the probabilities of those whose
interval holds the true value. Nothing is drawn, but for people who answer more than once, whose samples are (seeded).

`python -m tests.dbt.interval_coverage --write` writes the table in docs/quality.md.
"""

import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import numpy as np
from jinja2 import Environment
from numpy.typing import NDArray

from tests.conftest import ROOT

Floats = NDArray[np.float64]

DOCUMENT = ROOT / "docs" / "quality.md"
START, END = "<!-- interval coverage -->\n", "<!-- end of interval coverage -->\n"

SIZES = (30, 200, 2000)
STEP = {10: 0.01, 30: 0.01, 200: 0.01, 2000: 0.02}  # of the grid of shares
# a share whose class is expected a few times among n is where intervals fail: these expected counts, beside whole shares
FEW = (0.1, 0.3, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 15, 20)
# shares at which the outcomes that hold the truth are fewest: expected promoters of n, no detractors
NOTCHES = {30: (2.2, 3.75, 5.1), 200: (2.4, 4.05, 5.6), 2000: (2.4, 4.1, 5.7)}
PEOPLE = (30, 100, 300)
REACH = 9  # standard deviations beyond which outcomes have no weight that counts (below 1e-15)


@cache
def macros() -> Any:
    """The macros of both files, as one Jinja module."""
    files = (ROOT / "dbt" / "macros" / f"{name}.sql" for name in ("intervals", "nps_intervals"))
    return Environment().from_string("\n".join(path.read_text() for path in files)).module


def ask(sql: str, **tables: Any) -> dict[str, Floats]:
    """The columns of a query; `tables` are the relations that it reads, as columns."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        for name, columns in tables.items():
            connection.register(name, columns)
        return connection.execute(sql).fetchnumpy()


# shares: Wilson


@cache
def wilson(n: int) -> tuple[Floats, Floats]:
    """The macro's bounds for 0 to n successes of n."""
    bound = macros().wilson_bound
    found = ask(f"""
        with outcomes as (select unnest(range({n} + 1))::double as successes, {n}::double as trials)
        select {bound("successes / trials", "trials", "-")} as lower, {bound("successes / trials", "trials", "+")} as upper
        from outcomes order by successes
    """)
    return found["lower"], found["upper"]


def wilson_coverage(n: int, shares: Floats) -> Floats:
    """The coverage at each true share: shape (shares,)."""
    lower, upper = wilson(n)
    successes = np.arange(n + 1)
    share = shares[:, None]
    weights = np.exp(
        log_factorials(n)[n] - log_factorials(n)[successes] - log_factorials(n)[n - successes]
        + successes * np.log(share) + (n - successes) * np.log1p(-share)
    )  # fmt: skip
    return (weights * ((lower <= share) & (share <= upper))).sum(axis=1)


# scores of three classes: NPS


@cache
def nps(n: int) -> tuple[Floats, Floats]:
    """The macro's bounds in points for each outcome of n answers of n people: shape (promoters, detractors), NaN where
    there is no such outcome."""
    found = ask(f"""
        with outcomes as (
            select promoters::double as promoters, detractors::double as detractors
            from range({n} + 1) as p(promoters), range({n} + 1) as d(detractors)
            where promoters + detractors <= {n}
        ),
        sums as (
            select
                promoters, detractors, {n}::double as answers, {n} as respondents,
                (promoters - detractors) / {n} as mean_score, promoters + detractors as sum_score_squared,
                promoters - detractors as sum_score_answers, {n}::double as sum_answers_squared
            from outcomes
        ),
        intervals as ({macros().nps_intervals("sums")})
        select promoters::bigint as promoters, detractors::bigint as detractors,
            lower_bound as lower, upper_bound as upper
        from intervals
    """)
    bounds = np.full((2, n + 1, n + 1), np.nan)
    for side, name in enumerate(("lower", "upper")):
        bounds[side, found["promoters"], found["detractors"]] = found[name]
    return bounds[0], bounds[1]


def nps_of_people(counts: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The macro's bounds in points from its first step on. `counts`: a row a person, columns sample, answers,
    promoters, detractors; the samples are numbered from 0."""
    names = ("sample", "answers", "promoters", "detractors")
    rows = {
        name: column if name == "sample" else column.astype(float) for name, column in zip(names, counts.T, strict=True)
    }
    found = ask(
        f"""
        with sums as ({macros().nps_sums("by_respondent", ["sample"])})
        select lower_bound as lower, upper_bound as upper from ({macros().nps_intervals("sums")}) order by sample
        """,
        by_respondent=rows,
    )
    return found["lower"], found["upper"]


def nps_coverage(n: int, promoters: float, detractors: float) -> float:
    """The coverage at the true shares of promoters and detractors."""
    lower, upper = nps(n)
    truth = 100 * (promoters - detractors)
    p, d = _within_reach(n, promoters), _within_reach(n, detractors)
    i, j = p[:, None], d[None, :]
    k = n - i - j
    kept = k >= 0
    logs = log_factorials(n)
    weights = np.where(
        kept,
        np.exp(
            logs[n] - logs[i] - logs[j] - logs[np.maximum(k, 0)]
            + _log_power(i, promoters) + _log_power(j, detractors)
            + _log_power(np.maximum(k, 0), max(0.0, 1 - promoters - detractors))
        ),
        0,
    )  # fmt: skip
    assert abs(weights.sum() - 1) < 1e-9, "an outcome with weight was left out"
    here = (slice(p[0], p[-1] + 1), slice(d[0], d[-1] + 1))
    holds = (lower[here] <= truth + 1e-9) & (truth - 1e-9 <= upper[here])
    return float(weights[holds].sum())


def _within_reach(n: int, share: float) -> NDArray[np.int64]:
    spread = REACH * np.sqrt(n * share * (1 - share)) + 15
    return np.arange(max(0, int(n * share - spread)), min(n, int(n * share + spread) + 1) + 1)


def _log_power(counts: NDArray[np.int64], share: float) -> Floats:
    if share <= 1e-12:
        return np.where(counts == 0, 0.0, -np.inf)
    return counts * np.log(share)


@cache
def log_factorials(n: int) -> Floats:
    """log(k!) for k from 0 to n."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])


@dataclass(frozen=True)
class Coverage:
    """The coverage at one pair of true shares, and how often the rarest class is expected among n answers."""

    promoters: float
    detractors: float
    rarest: float
    coverage: float


@cache
def nps_coverages(n: int, step: float, few: tuple[float, ...] = ()) -> list[Coverage]:
    """The coverage over a grid of shares, in steps of `step` and where a class is expected `few` times.

    Promoters are the more frequent here: the interval is symmetric, which a test shows.
    """
    shares = np.unique(np.round([*np.arange(0, 1 + step / 2, step), *(count / n for count in few)], 12))
    pairs = {
        (float(p), round(max(0.0, float(d)), 12))
        for a in shares
        for b in shares
        for p, d in ((a, b), (a, 1 - a - b))  # classes other than the passives may be the many
        if p >= d - 1e-12 and d >= -1e-12 and p + d <= 1 + 1e-12
    }
    return [Coverage(p, d, n * min(p, d, max(0.0, 1 - p - d)), nps_coverage(n, p, d)) for p, d in sorted(pairs)]


# people who answer more than once


def repeated(people: int, samples: int, sameness: float, seed: int) -> tuple[NDArray[np.int64], float]:
    """Samples of people who answer 1 to 6 times: rows as `nps_of_people` takes them, and the true score in points.

    A person has a mind of its own, drawn from the shares 0.5, 0.3 and 0.2 of promoters, passives and detractors. An
    answer is that mind with probability `sameness`, else drawn from the shares again: so the true score is 30.
    """
    draw = np.random.default_rng(seed)
    shares = (0.5, 0.3, 0.2)
    answers = draw.integers(1, 7, size=samples * people)
    minds = draw.choice(3, size=samples * people, p=shares)
    owner = np.repeat(np.arange(samples * people), answers)
    given = np.where(draw.random(len(owner)) < sameness, minds[owner], draw.choice(3, size=len(owner), p=shares))
    promoters = np.bincount(owner, given == 0, minlength=samples * people)
    detractors = np.bincount(owner, given == 2, minlength=samples * people)
    sample = np.repeat(np.arange(samples), people)
    return np.stack([sample, answers, promoters, detractors], axis=1).astype(np.int64), 30.0


def one_person_an_answer(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same answers as if each were given by somebody else: what the naive interval takes them for."""
    kinds = np.stack([counts[:, 2], counts[:, 3], counts[:, 1] - counts[:, 2] - counts[:, 3]])
    rows = [
        np.stack(
            [np.repeat(counts[:, 0], kind), *(np.ones(kind.sum(), np.int64) * flag for flag in (1, *flags))], axis=1
        )
        for kind, flags in zip(kinds, ((1, 0), (0, 1), (0, 0)), strict=True)
    ]
    return np.concatenate(rows)


def share_that_holds(bounds: tuple[Floats, Floats], truth: float) -> float:
    """The share of intervals that hold the truth."""
    return float(((bounds[0] <= truth) & (truth <= bounds[1])).mean())


@cache
def repeated_coverage(people: int) -> tuple[float, float]:
    """The coverage in drawn samples of people who answer 1 to 6 times: as computed, and taking each answer for
    somebody else's."""
    counts, truth = repeated(people, 4000, 0.7, seed=people)
    bounds = nps_of_people(counts), nps_of_people(one_person_an_answer(counts))
    corrected, naive = (share_that_holds(found, truth) for found in bounds)
    return corrected, naive


# the table in the document


@cache
def table() -> str:
    """Every figure of the document, computed again."""
    lines = ["| interval | answers | where | coverage, 95 % asked for |", "|---|--:|---|---|"]
    for n in SIZES:
        shares = (np.arange(10_000) + 0.5) / 10_000
        found = wilson_coverage(n, shares)
        regular = found[n * np.minimum(shares, 1 - shares) >= 10]
        lines.append(f"| Wilson | {n:,} | both classes expect ≥ 10 | {_span(regular)} |")
        lines.append(f"| Wilson | {n:,} | mean over all shares | {found.mean():.1%} |")
    for n, step in STEP.items():
        whole, fine = nps_coverages(n, step), nps_coverages(n, step, FEW if n in SIZES else ())
        for least in (3, 5) if n in SIZES else (3,):
            regular = [found.coverage for found in fine if found.rarest >= least - 1e-9]
            lines.append(f"| NPS | {n:,} | each class expects ≥ {least} | {_span(regular)} |")
        rare = min(found.coverage for found in whole if found.rarest < 3 - 1e-9)
        lines.append(f"| NPS | {n:,} | elsewhere, shares in steps of {step:.0%} | from {rare:.1%} |")
        if n in SIZES:
            notch, count = min((nps_coverage(n, count / n, 0), count) for count in NOTCHES[n])
            lines.append(f"| NPS | {n:,} | the worst share: {count} promoters expected, no detractor | {notch:.1%} |")
    for people in PEOPLE:
        corrected, naive = repeated_coverage(people)
        lines.append(
            f"| NPS | {people} people, 1 to 6 each | drawn 4,000 times | {corrected:.1%}; without the design effect {naive:.1%} |"
        )
    return "\n".join(lines) + "\n"


def _span(values: Any) -> str:
    return f"{min(values):.1%} to {max(values):.1%}"


def write() -> None:
    """Put the table into the document."""
    text = DOCUMENT.read_text()
    before, rest = text.split(START)
    DOCUMENT.write_text(before + START + table() + END + rest.split(END)[1])


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.dbt.interval_coverage --write")
    write()
