"""Files that a disk, a restore or a person damaged."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from dagster_project.repairing import damaged_loads
from serving.integrity import find_damage
from sources import loads
from tests.end_to_end.harness import outcomes
from tests.faults.bench import Bench, Fault, in_words, lost_tables, tables_of
from tests.serving.builds import cut
from tests.sources.fakes import jira
from tests.sources.fakes.server import running

REFRESHED = "one `outcomes refresh` serves a whole version with the same figures"


def flipped_in_landing(bench: Bench, tries: int) -> list[Fault]:
    """Single bits of landed files."""
    fault = Fault("one flipped bit in landing", "the file is named before a build reads it")
    home = bench.copy()
    files = [path for folder in loads.folders(home) for path in folder.iterdir()]
    for _ in bench.tries(tries):
        path = bench.random.choice(files)
        restore = bench.flip(path)
        fault.count(holds=[one.path for one in damaged_loads(home)] == [path], what=str(path))
        restore()
    return [fault]


def flipped_in_served(bench: Bench, tries: int) -> list[Fault]:
    """Single bits of published files."""
    fault = Fault("one flipped bit in a served version", "`outcomes verify` names the file")
    folder = (bench.copy() / "serve" / "current").resolve()
    files = sorted(folder.iterdir())
    for _ in bench.tries(tries):
        path = bench.random.choice(files)
        restore = bench.flip(path)
        named = {one.path.name.removesuffix(".sha256") for one in find_damage(folder)}
        fault.count(holds=named == {path.name.removesuffix(".sha256")}, what=str(path))
        restore()
    return [fault]


def flipped_in_pulls(bench: Bench, tries: int) -> list[Fault]:
    """Single bits of the sealed pull of a tool, which has not landed yet."""
    fault = Fault("one flipped bit in a sealed pull", "the refresh names the file, and nothing of it lands")
    folder = bench.folder / "fetched"
    portfolio, homes = folder / "portfolio", folder / "homes"
    portfolio.mkdir(parents=True)
    tool = jira.FakeJira()
    with running(tool):
        (portfolio / "portfolio.yml").write_text(
            "name: fetched\ntitle: Fetched\nreporting_currency: EUR\nsources:\n"
            f"  - {{name: jira, type: jira, url: '{tool.url}', user: reports@acme.example}}\n"
        )
        os.environ["OUTCOMES_JIRA_TOKEN"] = "a-planted-token"
        assert outcomes("fetch", home=homes, portfolio=portfolio).exit_code == 0
    home = homes / "fetched"
    files = sorted(path for path in home.glob("pulls/jira/*/*") if path.is_file())
    for _ in bench.tries(tries):
        path = bench.random.choice(files)
        restore = bench.flip(path)
        said = outcomes("refresh", "--no-fetch", home=homes, portfolio=portfolio)
        holds = said.exit_code == 1 and in_words(said, (path.name, "To fix")) and not loads.folders(home)
        fault.count(holds=holds, what=f"{path.name}: {said.exit_code} {said.err[-500:]}")
        restore()
        shutil.rmtree(home / "landing", ignore_errors=True)
    return [fault]


def flipped_in_build(bench: Bench, tries: int) -> list[Fault]:
    """Single bits of a whole, audited build that has yet to be published, as Dagster's step alone does it."""
    from dagster_project import steps
    from dagster_project.run import opened
    from dagster_project.settings import workspace
    from serving.errors import ServingError

    fault = Fault("one flipped bit in an audited build", "it is refused, or what is published equals the clean build")
    home = bench.copy()
    bench.give("first")
    assert bench.run(home, "refresh", "--full").exit_code == 0
    newest = (home / "serve" / "current").resolve()
    (home / "serve" / "current").unlink()
    (home / "serve" / "current").symlink_to(min(p.name for p in home.glob("serve/0*")))
    shutil.rmtree(newest)
    aside = Path(shutil.copytree(home, home.parent / "aside", symlinks=True))
    os.environ |= {"OUTCOMES_HOME": str(home.parent), "OUTCOMES_PORTFOLIO": str(bench.portfolio)}
    for _ in bench.tries(tries):
        path = home / "build" / bench.random.choice(("warehouse.duckdb", "warehouse.duckdb", "build.json"))
        bench.flip(path)
        try:
            with opened(workspace()) as run:
                steps.publish(run)
            lost = lost_tables(tables_of(home), bench.tables["first"])
            fault.count(holds=not lost, what=f"{path.name}: {lost} differ, and were published")
            fault.lost += len(lost)
        except (steps.StepError, ServingError):
            fault.count(holds=True, what="")
        shutil.rmtree(home)
        shutil.copytree(aside, home, symlinks=True)
    return [fault]


def damaged_served(bench: Bench, _: int) -> list[Fault]:
    """What a full disk, a restore or a person does to the served version; one refresh repairs it."""

    def as_a_folder(serve: Path) -> None:
        link = serve / "current"
        version = link.resolve()
        link.unlink()
        shutil.copytree(version, link)

    harms: dict[str, Callable[[Path], object]] = {
        "served file truncated": lambda serve: cut((serve / "current").resolve() / "warehouse.duckdb"),
        "served file missing": lambda serve: ((serve / "current").resolve() / "warehouse.duckdb").unlink(),
        "manifest truncated": lambda serve: cut((serve / "current").resolve() / "manifest.json", 100),
        "link `current` missing": lambda serve: (serve / "current").unlink(),
        "link `current` copied as a folder": as_a_folder,
        "served version removed": lambda serve: shutil.rmtree((serve / "current").resolve()),
        "folder that is no version": lambda serve: (serve / "lost+found").mkdir(),
    }
    bench.give("first")
    found: list[Fault] = []
    for name, harm in harms.items():
        fault = Fault(name, REFRESHED)
        home = bench.copy()
        harm(home / "serve")
        bench.recover(fault, home, ("refresh",), what=name)
        found.append(fault)
    return found


def damaged_records(bench: Bench, tries: int) -> list[Fault]:
    """Check records of an earlier refresh, which the next version shows, too."""
    fault = Fault("check records of an earlier refresh cut", "one `outcomes refresh --full`: equal to a clean build")
    bench.give("first")
    for _ in bench.tries(tries):
        home = bench.copy()
        path = bench.random.choice(sorted(home.glob("audit/*.parquet")))
        cut(path, bench.random.randrange(1, path.stat().st_size))
        bench.recover(fault, home, ("refresh", "--full"), what=str(path))
    return [fault]


def damaged_landing(bench: Bench, tries: int) -> list[Fault]:
    """A landed file that its source still gives."""
    fault = Fault("landed file cut", "`outcomes verify --repair`, `outcomes refresh`: equal to a clean build")
    bench.give("first")
    for _ in bench.tries(tries):
        home = bench.copy()
        path = bench.random.choice(sorted(bench.random.choice(loads.folders(home)).iterdir()))
        cut(path, 20)
        bench.recover(fault, home, ("verify", "--repair"), ("refresh",), what=str(path))
    return [fault]
