"""Everything in `defs/` together."""

import dagster

from dagster_project import defs as steps
from dagster_project.defs import jobs, sensors


@dagster.definitions
def defs() -> dagster.Definitions:
    """The project's assets, checks, jobs, schedule, sensors and resource."""
    # not `load_from_defs_folder`, which needs the pyproject.toml of a checkout
    assets = dagster.Definitions(
        assets=dagster.load_assets_from_package_module(steps),
        asset_checks=dagster.load_asset_checks_from_package_module(steps),
    )
    return dagster.Definitions.merge(assets, jobs.defs, dagster.Definitions(sensors=sensors.SENSORS))
