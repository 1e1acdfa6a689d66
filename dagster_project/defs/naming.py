"""The keys of assets and the name of the pool: under a prefix where one Dagster shows several portfolios."""

from dagster import AssetKey

from dagster_project.settings import Environment

PREFIX = Environment().asset_prefix
# the pool for writers of a portfolio's home: runs queue up, while the lock alone would make the second fail
POOL = f"{PREFIX}_portfolio" if PREFIX else "portfolio"


def asset_key(*path: str) -> AssetKey:
    """The key of an asset of this portfolio."""
    return AssetKey([PREFIX, *path] if PREFIX else list(path))
