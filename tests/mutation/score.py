"""Choosing mutants, trying them out, judging what is left, and saying what came of it."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from tests.mutation.baseline import Model
from tests.mutation.definitions import definitions
from tests.mutation.mappings import Mappings
from tests.mutation.operators import Mutant, mutants
from tests.mutation.warehouse import Finding, Start, Warehouse

EQUIVALENT = Path(__file__).with_name("equivalent.yml")
BEGIN, END = "<!-- mutation score: begin -->", "<!-- mutation score: end -->"
APART = ("same", "unpublished")  # a mutant that changes nothing which is published, so that an audit has nothing to see
RANKS = (
    "same",
    "unpublished",
    "survived",
    "runaway",
    "invalid",
    "killed",
)  # of several portfolios the last of these counts
Try = Callable[[Mutant], "Outcome"]


@dataclass(frozen=True)
class Target:
    """One thing that mutants are made of, and how one is tried out. `kind` says how many are drawn."""

    kind: str  # published | model | metric | mapping
    name: str
    mutants: Callable[[], list[Mutant]]
    try_out: Try


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant over the portfolios."""

    id: str
    kind: str
    target: str
    operator: str
    place: str
    before: str
    after: str
    status: str
    by: tuple[str, ...]
    portfolio: str | None
    changed: tuple[str, ...]
    warned: tuple[str, ...]
    fingerprint: bool
    seconds: float


class Equivalent(BaseModel):
    """A mutant that a person judged to mean the same, and why. `mutation` is for people; `id` decides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    mutation: str
    reason: str


def load_equivalents(path: Path = EQUIVALENT) -> dict[str, Equivalent]:
    """The judged mutants by id. Raises ValueError where one is listed twice."""
    entries = [Equivalent.model_validate(entry) for entry in yaml.safe_load(path.read_text()) or []]
    if twice := [id_ for id_, count in Counter(entry.id for entry in entries).items() if count > 1]:
        raise ValueError(f"{path.name} lists {', '.join(twice)} twice")
    return {entry.id: entry for entry in entries}


def problems(equivalents: Iterable[Equivalent], known: set[str], outcomes: Iterable[Outcome]) -> list[str]:
    """What is wrong with the list: an entry of no mutant that there is, or of one that a check does catch."""
    killed = {outcome.id: outcome.by[0] for outcome in outcomes if outcome.status == "killed"}
    listed = list(equivalents)
    return [
        *(
            f"{e.id} ({e.mutation}) is no mutant any more; judge it again or take it out"
            for e in listed
            if e.id not in known
        ),
        *(
            f"{e.id} ({e.mutation}) is listed, but {killed[e.id]} catches it; take it out"
            for e in listed
            if e.id in killed
        ),
    ]


# ---- what there is to mutate


def targets(warehouses: Sequence[Warehouse], scratch: Path) -> list[Target]:
    """Every model, every governed metric, and every mapping of the portfolios."""
    return [*model_targets(warehouses), *_metric_targets(warehouses), *_mapping_targets(warehouses, scratch)]


def model_targets(warehouses: Sequence[Warehouse]) -> list[Target]:
    """Every dbt model that computes something; `published` those with a contract."""
    first = warehouses[0]
    dates = first.date_columns()
    return [
        Target(
            "published" if model.has_contract else "model",
            f"model:{model.name}",
            partial(mutants, f"model:{model.name}", model.sql, dates),
            partial(_try_model, warehouses, model),
        )
        for model in sorted(first.baseline.models.values(), key=lambda m: m.name)
    ]


def _try_model(warehouses: Sequence[Warehouse], model: Model, mutant: Mutant) -> Outcome:
    start, kind = Start(model=(model.name, mutant.apply())), "published" if model.has_contract else "model"
    return _first_kill(kind, mutant, warehouses, lambda warehouse, _: (warehouse.try_out(start), False))


def _metric_targets(warehouses: Sequence[Warehouse]) -> list[Target]:
    defined = definitions(warehouses[0])

    def try_out(warehouse: Warehouse, mutant: Mutant) -> tuple[Finding, bool]:
        metric = mutant.target.partition(":")[2]
        try:
            start, shown = defined.start(warehouse, metric, mutant)
        except Exception as error:
            return Finding("killed", (f"build:metricflow {type(error).__name__}",)), True
        return warehouse.try_out(start), shown

    return [
        Target(
            "metric",
            f"metric:{metric}",
            lambda m=metric: defined.mutants(m),
            lambda mutant: _first_kill("metric", mutant, warehouses, try_out),
        )
        for metric in defined.metrics()
    ]


def _mapping_targets(warehouses: Sequence[Warehouse], scratch: Path) -> list[Target]:
    found: list[Target] = []
    for warehouse in warehouses:
        of = Mappings(warehouse, scratch / warehouse.baseline.name)
        for mapped in of.feeds():
            found.append(
                Target(
                    "mapping",
                    of.target(mapped),
                    lambda o=of, m=mapped: o.mutants(m),
                    lambda mutant, w=warehouse, o=of, m=mapped: _first_kill(
                        "mapping", mutant, [w], lambda _, mu: (o.try_out(m, mu), False)
                    ),
                )
            )
    return found


def _first_kill(
    kind: str,
    mutant: Mutant,
    warehouses: Sequence[Warehouse],
    try_out: Callable[[Warehouse, Mutant], tuple[Finding, bool]],
) -> Outcome:
    """Try a mutant on one portfolio after the other, until one shows that it is caught or is no mutant."""
    finding, portfolio, shown, seconds = Finding("same"), None, False, 0.0
    for warehouse in warehouses:
        now, shows = try_out(warehouse, mutant)
        seconds, shown = seconds + now.seconds, shown or shows
        if RANKS.index(now.status) > RANKS.index(finding.status):
            finding, portfolio = now, warehouse.baseline.name
        if now.status in ("killed", "invalid", "runaway"):
            break
    return Outcome(
        mutant.id,
        kind,
        mutant.target,
        mutant.operator,
        mutant.place,
        mutant.before,
        mutant.after,
        finding.status,
        finding.by,
        portfolio,
        finding.changed,
        finding.warned,
        shown,
        round(seconds, 3),
    )


# ---- drawing and trying


def drawn(found: Sequence[Mutant], seed: int) -> Iterator[Mutant]:
    """A target's mutants in an order that depends on the seed and each mutant alone: one of each operator, then again."""

    def lot(text: str) -> str:
        return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()

    groups: dict[str, list[Mutant]] = {}
    for mutant in sorted(found, key=lambda m: lot(m.id)):
        groups.setdefault(mutant.operator, []).append(mutant)
    rounds = [groups[name] for name in sorted(groups, key=lambda name: lot(found[0].target + name))]
    for number in range(max(map(len, rounds), default=0)):
        yield from (group[number] for group in rounds if number < len(group))


def run(
    chosen: Sequence[Target], counts: dict[str, int], seed: int, say: Callable[[str], None] = lambda _: None
) -> Iterator[Outcome]:
    """Try out as many mutants of each target as `counts` says of its kind; one that is no valid SQL makes room for the next."""
    for target in chosen:
        tried: list[Outcome] = []
        for mutant in drawn(target.mutants(), seed):
            if len(tried) == counts[target.kind]:
                break
            outcome = target.try_out(mutant)
            if outcome.status != "invalid":
                tried.append(outcome)
                yield outcome
        shown = Counter(outcome.status for outcome in tried)
        say(
            f"{target.name}: "
            + (", ".join(f"{n} {status}" for status, n in sorted(shown.items())) or "nothing to mutate")
        )


# ---- judging and reporting


@dataclass(frozen=True)
class Score:
    """Counts over mutants; `apart` are those that change nothing published and aren't judged equivalent."""

    mutants: int
    killed: int
    equivalent: int
    apart: int

    @property
    def left(self) -> int:
        """Survivors."""
        return self.mutants - self.killed - self.equivalent - self.apart

    @property
    def share(self) -> float:
        """Killed among those that publish something else; 1 where there is none."""
        return self.killed / (self.killed + self.left) if self.killed + self.left else 1.0

    @property
    def least(self) -> float:
        """The share if each that changes nothing published were a survivor."""
        return self.killed / (self.mutants - self.equivalent) if self.mutants > self.equivalent else 1.0


def score(outcomes: Iterable[Outcome], equivalents: Iterable[str]) -> Score:
    """The score of outcomes."""
    listed, judged = list(outcomes), set(equivalents)
    killed = sum(outcome.status == "killed" for outcome in listed)
    equivalent = sum(outcome.status != "killed" and outcome.id in judged for outcome in listed)
    apart = sum(outcome.status in APART and outcome.id not in judged for outcome in listed)
    return Score(len(listed), killed, equivalent, apart)


def report(outcomes: Sequence[Outcome], equivalents: dict[str, Equivalent], seed: int) -> str:
    """The outcome in Markdown: the score, by what is mutated and by mistake, what caught them, and the survivors."""
    total = score(outcomes, equivalents)
    names = {
        "published": "published models",
        "model": "models that they read",
        "metric": "metrics",
        "mapping": "mappings",
    }
    same = sum(o.status == "same" and o.id not in equivalents for o in outcomes)
    portfolios = Counter(o.portfolio for o in outcomes if o.status == "killed")
    where = ", ".join(f"{name} {count:,}" for name, count in portfolios.most_common())
    lines = [
        f"**{total.share:.1%}** of the mutants that publish something else are killed: {total.killed:,} of "
        f"{total.killed + total.left:,} (seed {seed}). Of {total.mutants:,} mutants {total.equivalent:,} are judged equivalent and "
        f"{total.apart:,} stand apart, for on these portfolios they change no row of a published table, so that an audit has nothing to "
        f"see: {same:,} change no row of any table, {total.apart - same:,} only tables that nobody is shown. Were all of them counted as "
        f"survivors, the score would be {total.least:.1%}. First caught on: {where}.",
        "",
        "| mutated | targets | mutants | killed | equivalent | apart | survived | score |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for kind, name in names.items():
        of_kind = [o for o in outcomes if o.kind == kind]
        if of_kind:
            lines.append(_row(f"{name} | {len({o.target for o in of_kind})}", score(of_kind, equivalents)))
    metrics = [o for o in outcomes if o.kind == "metric"]
    shown = sum(o.fingerprint for o in metrics)
    lines += [
        "",
        "A mutant of a metric's formula counts as killed only if something other than the fingerprint of its SQL catches it, "
        f"which alone shows {shown:,} of these {len(metrics):,}; one of its published `meta` is caught by the lock.",
        "",
        "| mistake | mutants | killed | equivalent | apart | survived | score |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for operator in sorted({o.operator for o in outcomes}):
        lines.append(
            _row(operator.replace("_", " "), score([o for o in outcomes if o.operator == operator], equivalents))
        )
    lines += ["", *_by_check(outcomes), ""]
    left = [o for o in outcomes if o.status not in ("killed", *APART) and o.id not in equivalents]
    if left:
        lines += ["Survivors:", ""]
        lines += [
            f"- `{o.id}` {o.target}, {o.place}, {o.operator.replace('_', ' ')}: {_short(o.before)} → {_short(o.after)}"
            for o in left
        ]
    return "\n".join(lines).strip()


@dataclass(frozen=True)
class Catches:
    """What one check caught: every mutant, and those that nothing else caught."""

    caught: int
    alone: int


def catches(outcomes: Iterable[Outcome]) -> dict[str, Catches]:
    """What each check that caught anything caught, by its name as `suite:check`."""
    killers = [set(outcome.by) for outcome in outcomes if outcome.status == "killed"]
    caught = Counter(name for names in killers for name in names)
    alone = Counter(name for names in killers if len(names) == 1 for name in names)
    return {name: Catches(count, alone[name]) for name, count in caught.items()}


def _by_check(outcomes: Sequence[Outcome]) -> list[str]:
    """One row per suite: how many mutants its checks caught; of every check, how many nothing else would have caught."""
    killed = [outcome for outcome in outcomes if outcome.status == "killed"]
    suites: dict[str, set[str]] = {}
    for name in catches(outcomes):
        suites.setdefault(name.partition(":")[0], set()).add(name)
    if all(len(outcome.by) == 1 for outcome in killed):
        first = Counter(outcome.by[0].partition(":")[0] for outcome in killed)
        rows = [f"| {suite} | {len(suites[suite])} | {count:,} |" for suite, count in sorted(first.items())]
        return ["| caught first by | checks that caught any | mutants |", "|---|--:|--:|", *rows]
    lines = ["| caught by | checks that caught any | mutants | of them, caught by nothing else |", "|---|--:|--:|--:|"]
    for suite, checks in sorted(suites.items()):
        caught = sum(not checks.isdisjoint(outcome.by) for outcome in killed)
        alone = sum(checks.issuperset(outcome.by) for outcome in killed)
        lines.append(f"| {suite} | {len(checks)} | {caught:,} | {alone:,} |")
    return lines


def _row(name: str, of: Score) -> str:
    return (
        f"| {name} | {of.mutants:,} | {of.killed:,} | {of.equivalent:,} | {of.apart:,} | {of.left:,} | {of.share:.1%} |"
    )


def _short(text: str) -> str:
    text = text if len(text) <= 90 else f"{text[:60]} … {text[-25:]}"
    return f"`{text}`" if text else "nothing"


def write_report(text: str, path: Path) -> None:
    """Put a report between the marks of a page. Raises ValueError where there are none."""
    page = path.read_text()
    if BEGIN not in page or END not in page:
        raise ValueError(f"{path}: there is no {BEGIN} … {END} to write between")
    path.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL))


def kept(outcomes: Iterable[Outcome], path: Path) -> Iterator[Outcome]:
    """Keep outcomes in a file, one a line, as they come."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for outcome in outcomes:
            file.write(json.dumps(asdict(outcome)) + "\n")
            file.flush()
            yield outcome


def known_ids(found: Iterable[Target]) -> set[str]:
    """The id of every mutant that there is."""
    return {mutant.id for target in found for mutant in target.mutants()}
