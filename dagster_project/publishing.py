"""The facts of a version for `serving/`, and the message for a build that may not be published."""

from datetime import UTC, datetime
from typing import Any

from dagster_project import dbt_runner
from dagster_project.keys import published_keys
from dagster_project.repairing import damaged_records, set_aside
from dagster_project.run import Run
from expectations.records import CheckRecord
from serving.errors import PublishError
from serving.publish import publish
from serving.versions import Version
from serving.words import plural
from sources.common import disk
from sources.common.limits import explained
from sources.landing import code_version


def publish_build(run: Run) -> Version:
    """Publish the run's audited build. Raises serving.errors.PublishError.

    A version shows the check records of earlier refreshes, too; a file of them that can't be read is moved away.
    """
    try:
        return _publish(run)
    except PublishError:
        damaged = [path for path in damaged_records(run.space.home, run.space.limits) if path != run.records_path]
        if not damaged:
            raise
        run.warnings += (f"check records that can't be read: {set_aside(run.space.home, path)}" for path in damaged)
        return _publish(run)


def _publish(run: Run) -> Version:
    space = run.space
    facts: dict[str, Any] = {
        "refresh_id": run.refresh_id,
        "as_of": run.now.astimezone(space.portfolio.zone),
        "observed_by": run.observed_by,
        "reconstructed": run.is_reconstructed,
        "portfolio": space.portfolio.name,
        "title": space.portfolio.title,
        "reporting_currency": space.portfolio.reporting_currency,
        "locale": space.portfolio.locale,
        "date_format": space.portfolio.date_format,
        "tiles": list(space.portfolio.tiles),
        "notes": [[note.on.isoformat(), note.says] for note in space.portfolio.notes],
        "generated": space.portfolio.generated,
        "engine": run.engine,
        "inputs": run.inputs,
        "settings": run.settings,
        "code_fingerprint": run.inputs["code"],
        "landing_code": code_version(),
        "build_bytes": disk.size(space.build),
        "keys": published_keys(dbt_runner.manifest()),
        "loads": [
            {name: load[name] for name in ("feed", "source", "load_id", "observed_at", "landed_at")}
            | load["counts"]
            | {"is_in_use": position in run.frozen.in_use}
            for position, load in enumerate(run.frozen.loads)
        ],
    }
    return publish(
        run.published_home,
        space.warehouse,
        run.records_path.parent,  # this refresh's records and those of earlier ones
        facts,
        version=run.refresh_id,
        now=datetime.now(UTC),
        keep=space.portfolio.keep_versions,
        keep_days=space.portfolio.keep_days,
        parquet=space.portfolio.parquet,
        serve=run.as_of is None,
        limits=space.limits,
    )


def verdict_message(run: Run) -> str | None:
    """Why a build may not be published, naming each failing check; None if it may."""
    blocking = [record for record in run.records if record.blocks]
    if run.records and not blocking:
        return None
    if not run.records:
        return "the audit left no record, so nothing is published."
    return f"{plural(len(blocking), 'check')} failed; the served version is unchanged: " + "; ".join(
        map(describe, blocking[:5])
    )


def describe(record: CheckRecord) -> str:
    """One line per failing check: what, where, what was found, and the command that shows the rows."""
    found = f" found {record.observed}" if record.observed else ""
    wanted = f", expected {record.expected}" if record.expected else ""
    return explained(
        f"{record.check_name} ({record.suite}) on {record.object_name} {record.status}:{found}{wanted}; "
        f"to see the rows: outcomes check --rows {record.check_name}"
    )
