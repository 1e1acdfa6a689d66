"""`python -m tests.mutation`: make small mistakes in models, metrics and mappings, and see which the audit catches."""

import sys
import time
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

import typer

from tests.end_to_end.harness import DECENTRALAND, ROOT, generate_acme
from tests.mutation.baseline import build_baseline
from tests.mutation.cases import land_cases, write_cases
from tests.mutation.score import (
    Target,
    kept,
    known_ids,
    load_equivalents,
    problems,
    report,
    run,
    score,
    targets,
    write_report,
)
from tests.mutation.warehouse import Warehouse

COUNTS = {"published": 5, "model": 3, "metric": 4, "mapping": 3}
SEED = 7
CASES = "cases"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
Portfolios = Annotated[
    list[Path] | None,
    typer.Option("--portfolio", metavar="DIR", help="Default: acme, decentraland, and many drawn cases."),
]
Folder = Annotated[Path, typer.Option("--folder", metavar="DIR", help="Where builds and outcomes are kept.")]
Every = Annotated[bool, typer.Option("--every-check", help="Ask every check, to see what each catches; takes longer.")]
Only = Annotated[str, typer.Option("--only", metavar="PATTERN", help="Targets, as `model:fct_*` or `mapping:acme/*`.")]
KEPT = ROOT / ".outcomes" / "mutation"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _portfolios(folder: Path) -> list[Path]:
    """Acme, Decentraland, and many drawn cases."""
    return [generate_acme(folder / "acme"), DECENTRALAND, write_cases(folder / CASES)]


def _targets(portfolios: list[Path] | None, folder: Path, only: str, every_check: bool) -> list[Target]:
    found: list[Warehouse] = []
    for portfolio in portfolios or _portfolios(folder):
        say(f"{portfolio.name}: build and audit it without a mutation")
        land = land_cases if portfolio.name == CASES else None
        found.append(Warehouse(build_baseline(portfolio, folder / "built", land), every_check=every_check))
    return [target for target in targets(found, folder / "scratch") if fnmatch(target.name, only)]


@app.command()
def mutate(
    portfolio: Portfolios = None,
    folder: Folder = KEPT,
    only: Only = "*",
    every_check: Every = False,
    seed: Annotated[int, typer.Option("--seed", help="Another seed draws other mutants.")] = SEED,
    times: Annotated[int, typer.Option("--times", min=1, help="Draw so many times as many.")] = 1,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="Put the report into this page.")
    ] = None,
) -> None:
    """Draw mutants of every model, metric and mapping, try them out and report.

    Ends with 1 where tests/mutation/equivalent.yml lists a mutant that is none any more, or that a check catches.

    Example: python -m tests.mutation mutate --only 'model:fct_*' --times 3
    """
    began = time.process_time()
    chosen = _targets(portfolio, folder, only, every_check)
    say(f"{len(chosen)} targets, {time.process_time() - began:.0f} s")
    tried = run(chosen, {kind: count * times for kind, count in COUNTS.items()}, seed, say)
    outcomes = list(kept(tried, folder / "outcomes.jsonl"))
    equivalents = load_equivalents()
    text = report(outcomes, equivalents, seed)
    print(text)
    say(f"{score(outcomes, equivalents).share:.1%} in {time.process_time() - began:.0f} s of processor time")
    known = known_ids(chosen) if only == "*" else {*equivalents}
    if wrong := problems(equivalents.values(), known, outcomes):
        say("\n".join(["tests/mutation/equivalent.yml:", *wrong]))
        raise typer.Exit(1)
    if write is not None:
        write_report(text, write)


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    portfolio: Portfolios = None,
    folder: Folder = KEPT,
    only: Only = "*",
) -> None:
    """Show one mutant as SQL, and what becomes of it.

    Example: python -m tests.mutation show 1fa367fed4 --only model:fct_rituals
    """
    for target in _targets(portfolio, folder, only, every_check=True):
        for mutant in target.mutants():
            if mutant.id.startswith(id_):
                print(mutant.apply())
                print(target.try_out(mutant))


if __name__ == "__main__":
    app()
