"""Commands that keep versions safe, and a home small: pin, unpin, verify, maintain."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.common import PortfolioOption, app, err, explained, open_space, out
from dagster_project.settings import PortfolioError

if TYPE_CHECKING:
    from serving.versions import Version


@app.command()
def pin(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A version of `outcomes versions`.")],
    portfolio: PortfolioOption = None,
) -> None:
    """Keep a version until it is unpinned.

    keep_versions and keep_days don't apply to it.

    Example: outcomes pin 01K6ZR4V5N8W1QY3T7B9C2D4EF
    """
    from serving import keeping

    space = open_space(portfolio)
    with explained():
        keeping.pin(space.home, version)
    out.print(f"Version {version} is pinned: it stays until `outcomes unpin {version}`.")


@app.command()
def unpin(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A pinned version.")],
    portfolio: PortfolioOption = None,
) -> None:
    """Apply keep_versions and keep_days to a version again.

    Example: outcomes unpin 01K6ZR4V5N8W1QY3T7B9C2D4EF
    """
    from serving import keeping

    space = open_space(portfolio)
    with explained():
        keeping.unpin(space.home, version)
    out.print(f"Version {version} is no longer pinned.")


@app.command()
def verify(
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="A version of `outcomes versions`; default: the served one.")
    ] = None,
    portfolio: PortfolioOption = None,
    every: Annotated[bool, typer.Option("--all", help="Every kept version.")] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Serve the newest whole version, and set what is damaged aside.")
    ] = False,
) -> None:
    """Find damaged files of versions, loads and check records.

    Compares the manifest with its checksum, every file's size and SHA-256 with the manifest, and every table's rows and
    checksum; of the landed loads, each file with its SHA-256; check records are read. Exits with 1 if anything differs,
    and names the file.

    With --repair it looks at every version. A damaged one is moved to the folder `damaged` of the portfolio's home; if
    it was served, the newest whole version is served in its place. A damaged load is moved there if its source gives it
    again, and the next refresh lands it. Check records that can't be read are moved there, too.

    Example: outcomes verify

    Example: outcomes verify --repair
    """
    from dagster_project import repairing
    from serving import versions as kept
    from serving.versions import verify as find_damage
    from serving.words import plural
    from sources import loads

    space = open_space(portfolio)
    if version is not None and every:
        raise typer.BadParameter("name a version or give --all, not both.")
    with explained():
        chosen = _chosen(space.home, version, every=every or (repair and version is None))
    damaged: list[Version] = []
    for found in chosen:
        damage = find_damage(found)
        for one in damage:
            err.print(f"outcomes: {one.path}: {one.what} To fix: {_remedy(found)}", style="red")
        damaged += [found] if damage else []
        state = plural(len(damage), "difference") if damage else "whole"
        files, tables = (len(found.manifest.get(name, {})) for name in ("files", "tables"))
        out.print(f"{found.version}: {state}, {plural(files, 'file')}, {plural(tables, 'table')}")
    damaged_loads = repairing.damaged_loads(space.home)
    for one in damaged_loads:
        err.print(f"outcomes: {one.error(space.home)}", style="red")
    landed = loads.folders(space.home)
    state = plural(len(damaged_loads), "damaged file") if damaged_loads else "whole"
    out.print(f"landing: {state}, {plural(len(landed), 'load')}")
    unread = repairing.damaged_records(space.home, space.limits)
    for path in unread:
        err.print(
            f"outcomes: {path}: these check records can't be read. To fix: `outcomes verify --repair` moves the file "
            "away; versions and figures don't depend on it.",
            style="red",
        )
    if repair:
        with explained():
            for done in repairing.repair_records(space, unread) if unread else ():
                out.print(done)
            for load in repairing.repair_loads(space, damaged_loads) if damaged_loads else ():
                (out if load.is_done else err).print(load.said)
            for done in kept.repair(space.home, damaged):
                out.print(done)
            if not any(one.is_served for one in damaged) and (healed := kept.heal(space.home)):
                out.print(healed)
    if damaged or damaged_loads or unread:
        raise typer.Exit(1)


@app.command()
def maintain(portfolio: PortfolioOption = None) -> None:
    """Remove old check records, replaced loads and Dagster's runs.

    keep_audit_days, keep_loads_days and keep_runs_days say for how long; replaced loads are kept forever unless
    keep_loads_days is set. Dagster's runs are those of DAGSTER_HOME, if it is set. Run it every week.

    Example: outcomes maintain
    """
    from datetime import UTC, datetime

    from dagster_project.maintaining import maintain as remove_old

    space = open_space(portfolio)
    with explained():
        for done in remove_old(space, datetime.now(UTC)):
            size = "" if done.size_bytes is None else f" ({done.size_bytes / 1e6:.1f} MB)"
            out.print(f"{done.what}: {done.removed:,} removed{size}, {done.kept:,} kept")


def _chosen(home: Path, version: str | None, *, every: bool) -> list["Version"]:
    """The versions to verify. Raises VersionError or PortfolioError if there is none."""
    from serving import versions

    if version is not None:
        return [versions.find(home, version)]
    served = versions.served_name(home)
    found = [version for version in versions.list_versions(home) if every or version.version == served]
    if not found and not every:
        versions.served(home)  # says why no link leads to one, if there are some
    if not found and not (home / "landing").is_dir():
        raise PortfolioError(f"{home}: nothing is published yet. To fix: outcomes refresh")
    return found


def _remedy(version: "Version") -> str:
    """What to do about a damaged version."""
    if version.is_served:
        return (
            "`outcomes rollback` serves the version before, `outcomes refresh --full` publishes a new one; "
            "then check the disk."
        )
    return f"don't roll back to it; `outcomes versions --remove {version.version}` removes it. Then check the disk."
