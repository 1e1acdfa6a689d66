"""OpenLineage events of a refresh, for a collector such as Marquez or a data catalogue, where `portfolio.yml` asks.

A refresh is a run of the job `<portfolio>.refresh`, from the feeds in `landing` to the published tables; its audit is a
run of `<portfolio>.audit`, whose inputs are the tables with what each check found. Where the events go, the client's
own settings say: OPENLINEAGE_URL, OPENLINEAGE_CONFIG or a file openlineage.yml. A collector that is down never fails a
refresh.
"""

import logging
from collections import defaultdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from dagster_project import dbt_runner
from dagster_project.column_lineage import column_lineage
from dagster_project.run import Run
from expectations.records import CheckRecord
from serving.versions import Version
from sources.contracts import SQL_TYPES, load_contracts

PRODUCER = "https://pypi.org/project/outcome-warehouse"
MISSING = (
    "openlineage in portfolio.yml: the client isn't installed, so no event was sent. To fix: install the extra "
    "`openlineage`."
)
NOWHERE = (
    "openlineage in portfolio.yml: no collector is named, so no event was sent. To fix: set OPENLINEAGE_URL, or write "
    "openlineage.yml."
)


class Events:
    """The events of one refresh; what kept them from a collector is among the run's warnings at its end."""

    def __init__(self, run: Run) -> None:
        self.run, self.problem = run, ""
        self.namespace, self.name = run.space.portfolio.openlineage or "", run.space.portfolio.name
        self.client: Any = None
        try:
            from openlineage.client import OpenLineageClient
            from openlineage.client.uuid import generate_new_uuid
        except ImportError:
            self.problem = MISSING
            return
        self.ids = {job: str(generate_new_uuid()) for job in ("refresh", "audit")}
        try:
            logging.getLogger("openlineage").setLevel(logging.CRITICAL)  # what it would say is a warning of ours
            client = OpenLineageClient()
            if client.transport.kind == "console" and not client.config.transport:
                self.problem = NOWHERE
            else:
                self.client = client
        except Exception as error:  # whatever its settings lead to
            self._failed(error)

    def started(self) -> None:
        """The refresh began."""
        self._emit("refresh", "START")

    def ended(self) -> None:
        """The refresh ended: its audit if there was one, then whether it succeeded, what it read and published."""
        if not self.problem:
            try:
                self._end()
            except Exception as error:
                self._failed(error)
        if self.problem:
            self.run.warnings.append(self.problem)

    def _end(self) -> None:
        run = self.run
        if run.records:
            self._emit("audit", "START")
            is_passed = not any(record.blocks for record in run.records)
            self._emit("audit", "COMPLETE" if is_passed else "FAIL", inputs=self._checked(run.records))
        self._emit(
            "refresh",
            "FAIL" if run.failures else "COMPLETE",
            inputs=self._feeds() if "frozen" in run.__dict__ else [],
            outputs=self._tables(run.version) if run.outcome == "published" and run.version else [],
        )
        self.client.close()

    def _emit(self, job: str, state: str, **datasets: Any) -> None:
        from openlineage.client import event_v2
        from openlineage.client.facet_v2 import error_message_run, job_type_job, parent_run, processing_engine_run

        if self.problem:
            return
        facets: dict[str, Any] = {
            "processing_engine": processing_engine_run.ProcessingEngineRunFacet(
                version=version("duckdb"), name="DuckDB", openlineageAdapterVersion=version("outcome-warehouse")
            )
        }
        if job == "audit":
            facets["parent"] = parent_run.ParentRunFacet(
                run=parent_run.Run(runId=self.ids["refresh"]),
                job=parent_run.Job(namespace=self.namespace, name=f"{self.name}.refresh"),
            )
        if state == "FAIL" and job == "refresh":
            message = " ".join(self.run.failures)
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(message, programmingLanguage="Python")
        try:
            self.client.emit(
                event_v2.RunEvent(
                    eventType=event_v2.RunState[state],
                    eventTime=datetime.now(UTC).isoformat(),
                    run=event_v2.Run(runId=self.ids[job], facets=facets),
                    job=event_v2.Job(
                        namespace=self.namespace,
                        name=f"{self.name}.{job}",
                        facets={
                            "jobType": job_type_job.JobTypeJobFacet(
                                processingType="BATCH", integration="OUTCOME_WAREHOUSE", jobType=job.upper()
                            )
                        },
                    ),
                    producer=PRODUCER,
                    **datasets,
                )
            )
        except Exception as error:  # of any transport
            self._failed(error)

    def _feeds(self) -> list[Any]:
        """The feeds that were read, with their columns and the rows of the loads in use."""
        from openlineage.client import event_v2
        from openlineage.client.facet_v2 import input_statistics_input_dataset as statistics
        from openlineage.client.facet_v2 import schema_dataset as schema

        rows: dict[str, int] = defaultdict(int)
        in_use = self.run.frozen.in_use
        for at, load in enumerate(self.run.frozen.loads):
            rows[load["feed"]] += load["counts"]["landed_rows"] if at in in_use else 0
        return [
            event_v2.InputDataset(
                namespace=self.namespace,
                name=self._dataset("landing", feed.name),
                facets={
                    "schema": schema.SchemaDatasetFacet(
                        fields=[
                            schema.SchemaDatasetFacetFields(c.name, SQL_TYPES[c.type], c.description)
                            for c in feed.columns
                        ]
                    )
                },
                inputFacets={"inputStatistics": statistics.InputStatisticsInputDatasetFacet(rowCount=rows[feed.name])},
            )
            for feed in load_contracts().values()
            if feed.name in rows
        ]

    def _tables(self, published: Version) -> list[Any]:
        """The published tables, with their columns, rows, and the columns that each column is computed from."""
        from openlineage.client import event_v2
        from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset
        from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

        models = {f"{node['schema']}.{node['name']}": uid for uid, node in dbt_runner.models().items()}
        nodes = {**dbt_runner.models(), **dbt_runner.manifest()["sources"]}
        found: list[Any] = []
        for table, facts in published.manifest["tables"].items():
            facets: dict[str, Any] = {}
            if (uid := models.get(table)) is not None:
                facets["schema"] = schema_dataset.SchemaDatasetFacet(
                    fields=[
                        schema_dataset.SchemaDatasetFacetFields(name, column.get("data_type"), column["description"])
                        for name, column in nodes[uid]["columns"].items()
                    ]
                )
                facets["columnLineage"] = column_lineage_dataset.ColumnLineageDatasetFacet(
                    fields={
                        column: column_lineage_dataset.Fields(
                            inputFields=[
                                column_lineage_dataset.InputField(
                                    self.namespace, self._dataset(nodes[on]["schema"], nodes[on]["name"]), name
                                )
                                for on, name in read
                            ]
                        )
                        for column, read in column_lineage().get(uid, {}).items()
                        if read
                    }
                )
            found.append(
                event_v2.OutputDataset(
                    namespace=self.namespace,
                    name=self._dataset(*table.split(".", 1)),
                    facets=facets,
                    outputFacets={
                        "outputStatistics": statistics.OutputStatisticsOutputDatasetFacet(rowCount=facts["rows"])
                    },
                )
            )
        return found

    def _checked(self, records: list[CheckRecord]) -> list[Any]:
        """The tables that were audited, with what each check found."""
        from openlineage.client import event_v2
        from openlineage.client.facet_v2 import data_quality_assertions_dataset as quality

        grouped: dict[str, list[Any]] = defaultdict(list)
        for record in records:
            grouped[record.object_name.removeprefix("stage.")].append(
                quality.Assertion(
                    assertion=record.suite,
                    success=record.status in ("passed", "not_compared"),
                    severity="error" if record.severity == "fail" else "warn",
                    name=record.check_name,
                    expected=record.expected,
                    actual=record.observed,
                )
            )
        return [
            event_v2.InputDataset(
                namespace=self.namespace,
                name=f"{self.name}.{table}",
                inputFacets={"dataQualityAssertions": quality.DataQualityAssertionsDatasetFacet(assertions=found)},
            )
            for table, found in sorted(grouped.items())
        ]

    def _dataset(self, schema: str, name: str) -> str:
        return f"{self.name}.{schema}.{name}"

    def _failed(self, error: Exception) -> None:
        said = " ".join(str(error).split())
        self.problem = self.problem or f"openlineage: the collector didn't take the events of this refresh ({said})."
