"""Load everything in `defs/`."""

from pathlib import Path

import dagster


@dagster.definitions
def defs() -> dagster.Definitions:
    """The project's assets, checks, jobs, schedule and resource."""
    return dagster.load_from_defs_folder(path_within_project=Path(__file__).parent)
