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


def metadata(told: mirror.Mirrored | None) -> dict[str, Any]:
    """The result as Dagster metadata."""
    if told is None:
        return {"outcome": "no mirror is declared"}
    named = ("outcome", "version", "where", "rows", "seconds", "problem", "note")
    return {name: value for name in named if (value := getattr(told, name)) is not None}


def warning(told: mirror.Mirrored | None) -> str | None:
    """The warning to show after a refresh; None if all is well."""
    if told is None:
        return None
    if told.is_behind:
        return f"the mirror is behind: {told.problem}"
    return f"the mirror was copied, but {told.note}" if told.note else None
