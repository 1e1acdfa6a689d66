"""The `outcomes` command: each command calls the other packages and reports the result.

Exit codes: 0 done or nothing to do; 1 the audit or a source failed, nothing was published; 2 wrong usage or
configuration; 3 another refresh is running.
"""

from importlib import import_module

from dagster_project.cli.common import app

for name in (  # in the order of `outcomes --help`
    *("starting", "refreshing", "feeds", "fetching"),
    *("reading", "metrics", "versions", "keeping", "privacy"),
    *("dashboard", "digest", "mirroring", "tools", "contracts", "authoring"),
):
    import_module(f"dagster_project.cli.{name}")

__all__ = ["app"]
