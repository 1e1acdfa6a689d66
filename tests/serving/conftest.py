"""Fixtures: a build made once, a home for each test, and a browser."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from serving.versions import Version
from tests.serving.builds import Built, make_build, make_records, publish_built
from tests.serving.modules import Modules


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A good build with records of a passed audit; nobody changes it."""
    folder = tmp_path_factory.mktemp("built")
    return Built(make_build(folder / "warehouse.duckdb"), make_records(folder / "refresh.parquet"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A portfolio's home without any version."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def published(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Version:
    """A served version, the only one; nobody changes it."""
    return publish_built(tmp_path_factory.mktemp("published"), built)


@pytest.fixture(scope="session")
def modules(browser: Browser) -> Generator[Modules]:
    """The modules of the page's script in a browser."""
    context = browser.new_context()
    yield Modules(context.new_page())
    context.close()
