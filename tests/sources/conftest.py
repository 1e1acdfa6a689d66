"""The portfolio that a test fills."""

from pathlib import Path

import pytest

from tests.sources.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty portfolio."""
    return Bench(tmp_path)
