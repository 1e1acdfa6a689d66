"""A portfolio of many small cases, drawn by a seed: three loads in which rows are corrected, late and gone, and all that
the two examples happen not to hold. It is the one that the property tests draw (`tests/dbt/random_portfolios.py`).
"""

from pathlib import Path

import yaml

from dagster_project.settings import Workspace
from sources.config import FileSource
from sources.landing import land_source
from tests.dbt import random_portfolios as made

SPEC = made.Spec(seed=20251122, time_zone="America/New_York", labour_cost="ledger", observation_window_days=90, cases=20)
KEY = b"the same pseudonyms in every home"


def write_cases(folder: Path) -> Path:
    """The portfolio's folder, newly written; its loads are landed by `land_cases`."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "name": "cases",
        "title": "Cases drawn by a seed",
        "generated": True,
        "reporting_currency": "EUR",
        "time_zone": SPEC.time_zone,
        "as_of": made.NOW,
        "observation_window_days": SPEC.observation_window_days,
        "overhead_categories": [made.OVERHEAD],
        "labour_cost": SPEC.labour_cost,
        "labour_categories": [made.LABOUR],
        "thresholds": {"vanished_fail_share": 1.0},
    }
    (folder / "portfolio.yml").write_text(yaml.safe_dump(settings))
    return folder


def land_cases(space: Workspace) -> None:
    """Land the three loads into a home."""
    shown = made.with_vanished(SPEC, made.as_shown(SPEC, made.rows_now(SPEC)))
    run_at, rules = space.portfolio.now(), space.portfolio.landing_rules()
    for number, feeds in enumerate(shown):
        load = space.folder / f"load{number}"
        if not load.exists():
            made.write(load, feeds)
            (load / "data").mkdir()
        source = FileSource.model_validate(
            {
                "name": "files",
                "observed_at": made.SHOWN[number],
                "covers": {feed: [["2024-01-01", "2025-07-01"]] for feed in feeds},
            }
        )
        land_source(load, space.home, source, rules, KEY, run_at)


