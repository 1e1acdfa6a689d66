"""One warehouse built from tiny, which the tests of this folder change and put back."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.end_to_end.harness import TINY
from tests.mutation.baseline import build_baseline
from tests.mutation.warehouse import Start, Warehouse, _Trial

Spoil = Callable[[Mapping[str, str]], AbstractContextManager[None]]


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Tiny in memory: files of this folder carry xdist_group("mutations"), so that it is built once."""
    return Warehouse(build_baseline(TINY, tmp_path_factory.mktemp("mutation")))


@pytest.fixture(scope="session")
def spoilt(warehouse: Warehouse) -> Spoil:
    """Put other rows into tables, each given by a SELECT, for a while."""

    @contextmanager
    def spoil(tables: Mapping[str, str]) -> Iterator[None]:
        trial = _Trial(warehouse, Start())
        try:
            for table, select in tables.items():
                trial._replace(table, select)
            yield
        finally:
            trial.undo()

    return spoil
