"""The mirror's settings, and the report on its result."""

from typing import Any

from dagster_project.settings import Workspace
from serving import mirror
from serving.errors import ServingError


def target(space: Workspace) -> mirror.Target | None:
    """The portfolio's mirror; None if it has none."""
    declared = space.portfolio
    if declared.mirror is None:
        return None
    return mirror.Target(
        url=declared.mirror.get_secret_value(),
        password=space.mirror_password.get_secret_value() if space.mirror_password else None,
        reader=declared.mirror_reader,
        seconds=declared.mirror_timeout_seconds,
    )


def follow(space: Workspace, *, full: bool = False) -> mirror.Mirrored | None:
    """Copy the served version to the portfolio's mirror, if there is one; errors are in the result."""
    place = target(space)
    if place is None:
        return None
    try:
        return mirror.follow(space.home, place, full=full)
    except (ServingError, OSError) as error:
        return mirror.failed(space.home, place, str(error))


def metadata(mirrored: mirror.Mirrored | None) -> dict[str, Any]:
    """The result as Dagster metadata."""
    if mirrored is None:
        return {"outcome": "no mirror is declared"}
    named = ("outcome", "version", "where", "rows", "seconds", "problem", "note")
    return {name: value for name in named if (value := getattr(mirrored, name)) is not None}


def warning(mirrored: mirror.Mirrored | None) -> str | None:
    """The warning to show after a refresh; None if all is well."""
    if mirrored is None:
        return None
    if mirrored.is_behind:
        return f"the mirror is behind: {mirrored.problem}"
    return f"the mirror was copied, but {mirrored.note}" if mirrored.note else None
