"""The resource that gives the steps of a run their shared state."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from dagster import ConfigurableResource, Failure, InitResourceContext
from pydantic import PrivateAttr

from dagster_project.execution import REFRESH
from dagster_project.run import Run, opened
from dagster_project.settings import workspace
from dagster_project.steps import StepError


class RefreshRun(ConfigurableResource["RefreshRun"]):
    """Gives the steps of a run their shared state, and holds the portfolio's lock while it lasts."""

    portfolio: str | None = None
    home: str | None = None
    as_of: str | None = None
    full: bool = False
    verbose: bool = False
    lands: bool = True
    fetches: bool = True
    new_key: bool = False
    _run: Run | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Generator["RefreshRun", None, None]:
        """Open the portfolio and take its lock. Raises PortfolioError or BusyError."""
        with opened(
            workspace(Path(self.portfolio) if self.portfolio else None),
            Path(self.home) if self.home else None,
            date.fromisoformat(self.as_of) if self.as_of else None,
            full=self.full,
            verbose=self.verbose,
            lands=self.lands,
            fetches=self.fetches,
            new_key=self.new_key,
        ) as run:
            self._run = run
            if context.run is not None and context.run.job_name == REFRESH:
                run.begin()
            yield self

    @property
    def state(self) -> Run:
        """The run's state."""
        if self._run is None:
            raise RuntimeError("the resource is not in use")
        return self._run


@contextmanager
def failing() -> Generator[None]:
    """A step that ends the refresh as Dagster's failure, which no retry helps."""
    try:
        yield
    except StepError as error:
        raise Failure(str(error), allow_retries=False) from error
