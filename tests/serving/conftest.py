"""Fixtures: a build made once, a home for each test, and a browser."""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from serving.versions import Version
from tests.serving.builds import Built, make_build, make_records, publish_built


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
def browser() -> Generator[Browser]:
    """The system's Chromium. Where CI is set a missing browser is a failure, elsewhere a skip."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium found: install it (Debian: apt-get install chromium)")
        pytest.skip("no Chromium found")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()
