"""What the end-to-end tests share; each costs a refresh or more, so it is made once."""

import gzip
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.harness import (
    DECENTRALAND,
    TINY,
    Rows,
    Said,
    changed,
    copy_portfolio,
    copy_repository,
    figures,
    outcomes,
    read,
    served,
    tree,
    versions,
)


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository whose definitions tests change and restore."""
    return copy_repository(tmp_path_factory.mktemp("repository"))


@dataclass(frozen=True)
class Stage:
    """How a portfolio stood after a command."""

    said: Said
    home: Path
    version: str | None
    versions: tuple[str, ...]
    files: dict[str, tuple[int, int]]
    page: str
    figures: tuple[Rows, Rows]


def stage(said: Said, home: Path) -> Stage:
    """What is to be seen of a portfolio's home now."""
    link = home / "serve" / "current"
    return Stage(
        said=said,
        home=home,
        version=link.readlink().name if link.is_symlink() else None,
        versions=tuple(versions(home)),
        files=tree(home / "serve"),
        page=(home / "index.html").read_text(),
        figures=figures(served(home)),
    )


@dataclass(frozen=True)
class Portfolio:
    """A copy of tiny with a home of its own."""

    folder: Path
    homes: Path

    @property
    def home(self) -> Path:
        """Where its warehouse is kept."""
        return self.homes / "tiny"

    def run(self, *arguments: str | Path) -> Said:
        """Run `outcomes` on it in this process."""
        return outcomes(*arguments, home=self.homes, portfolio=self.folder)

    def refresh(self, *arguments: str) -> Stage:
        """Refresh it, and look at it."""
        return stage(self.run("refresh", *arguments), self.home)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """Tiny in a temporary home, nothing done yet. The fixtures below are one story, each the next command of it.

    The folders' names have a quote in them, which would end a path in SQL that nobody escaped.
    """
    folder = tmp_path_factory.mktemp("o'brien")
    return Portfolio(copy_portfolio(TINY, folder / "portfolio"), folder / "homes")


@pytest.fixture(scope="session")
def before(tiny: Portfolio) -> dict[str, Said]:
    """What the commands say before anything is published."""
    lines = (("status",), ("query", "select 1"), ("versions",), ("rollback",), ("check", "--rows", "cost_total"))
    return {line[0]: tiny.run(*line) for line in lines}


@pytest.fixture(scope="session")
def first(tiny: Portfolio, before: dict[str, Said]) -> Stage:
    """The first refresh publishes."""
    assert before
    return tiny.refresh()


@pytest.fixture(scope="session")
def kept(first: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of tiny's home as the first refresh left it, for what is no part of the story."""
    left = shutil.ignore_patterns("portfolio.txt")  # so that it may be the home of a changed copy of the portfolio
    return Path(shutil.copytree(first.home, tmp_path_factory.mktemp("kept") / "tiny", symlinks=True, ignore=left))


@pytest.fixture(scope="session")
def again(tiny: Portfolio, first: Stage, kept: Path) -> Stage:
    """The second one finds nothing new."""
    assert first.version and kept.exists()
    return tiny.refresh()


@pytest.fixture(scope="session")
def torn(tiny: Portfolio, again: Stage) -> Stage:
    """The ledger's file arrives compressed, and torn."""
    assert again.version
    ledger = tiny.folder / "data" / "ledger.csv"
    whole = ledger.read_bytes()
    ledger.with_suffix(".csv.gz").write_bytes(gzip.compress(whole)[:-400])
    ledger.unlink()
    try:
        return tiny.refresh()
    finally:
        ledger.with_suffix(".csv.gz").unlink()
        ledger.write_bytes(whole)


@pytest.fixture(scope="session")
def breaking(tiny: Portfolio, torn: Stage) -> Stage:
    """A file lost a column that its feed's contract requires."""
    assert torn.page
    with changed(tiny.folder, [("feeds/accounts.csv", "account_type", "kind_of_account")]):
        return tiny.refresh()


@pytest.fixture(scope="session")
def mended(tiny: Portfolio, breaking: Stage) -> Stage:
    """The files are whole again, and the same as before."""
    assert breaking.page
    return tiny.refresh()


@pytest.fixture(scope="session")
def rejected(tiny: Portfolio, mended: Stage) -> Stage:
    """One account in nine is unreadable: it landed under another limit, and is too many by that of the refresh."""
    assert mended.page
    with changed(tiny.folder, [("feeds/accounts.csv", "9000,Unclassified,other", "9000,Unclassified,whatever")]):
        with changed(tiny.folder, [("portfolio.yml", "sources:", "thresholds: {quarantine_fail_share: 1}\nsources:")]):
            assert tiny.run("land").exit_code == 0
        return tiny.refresh()


@pytest.fixture(scope="session")
def rows_of_check(tiny: Portfolio, rejected: Stage) -> Said:
    """The command that the failure names, run."""
    found = re.search(r"outcomes (check .*--rows \S+)", rejected.said.err)
    assert found, rejected.said.err
    return tiny.run(*shlex.split(found[1]))


@pytest.fixture(scope="session")
def recovered(tiny: Portfolio, rows_of_check: Said) -> Stage:
    """A full refresh of the good files."""
    assert rows_of_check.out
    return tiny.refresh("--full")


@pytest.fixture(scope="session")
def rolled_back(tiny: Portfolio, recovered: Stage) -> tuple[Stage, Said, Stage]:
    """Back to the version before, what `versions` says then, and forth again by name."""
    back = stage(tiny.run("rollback"), tiny.home)
    listed = tiny.run("versions")
    assert recovered.version
    forth = stage(tiny.run("rollback", recovered.version), tiny.home)
    return back, listed, forth


# acme


@dataclass(frozen=True)
class Refreshed:
    """A portfolio after its refresh."""

    folder: Path
    homes: Path
    said: Said
    name: str = "acme"

    @property
    def home(self) -> Path:
        """Where its warehouse is kept."""
        return self.homes / self.name

    def read(self, sql: str) -> Rows:
        """Rows of the served version."""
        return read(served(self.home), sql)

    def truth(self, name: str) -> str:
        """A file of what was planted in acme as a table of a query."""
        [path] = (self.folder / "truth").glob(f"{name}.*")
        return f"read_{'parquet' if path.suffix == '.parquet' else 'csv'}('{path}')"

    def disagreements(self) -> Rows:
        """Of acme, the initiatives whose published value status or quadrant isn't the planted one: id, kind, then planted and found
        status, reason, planted and found quadrant."""
        return self.read(f"""
            select
                truth.initiative_id, truth.kind, truth.value_status, found.value_status, found.value_status_reason,
                truth.quadrant, found.quadrant
            from {self.truth("initiatives")} as truth
            left join outcomes.value_realization as found
                on found.level = 'initiative' and found.entity_id = truth.initiative_id
            where truth.value_status is distinct from found.value_status
                or truth.quadrant is distinct from found.quadrant
            order by all
        """)


@pytest.fixture(scope="session")
def acme(acme_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """Acme refreshed from nothing: every file that asks it carries xdist_group("acme"), so that this happens once."""
    homes = tmp_path_factory.mktemp("homes")
    return Refreshed(acme_files, homes, outcomes("refresh", home=homes, portfolio=acme_files))


@pytest.fixture(scope="session")
def dao(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """Decentraland refreshed from nothing: every file that asks it carries xdist_group("decentraland")."""
    homes = tmp_path_factory.mktemp("homes")
    said = outcomes("refresh", home=homes, portfolio=DECENTRALAND)
    return Refreshed(DECENTRALAND, homes, said, "decentraland")
