"""Run dbt in this process: the manifest is parsed once, and connections are closed after each call.

dbt parses and compiles the project into a cache folder; `model_runner` and the audit run the compiled SQL.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from dagster_project.settings import DBT_PROJECT, cache_folder
from sources.common import disk

TARGET = cache_folder()
PACKAGED = DBT_PROJECT / "target"  # a wheel has there what was compiled of it, keyed by content
# tags: a model needs no metric values (no tag), base metrics, or derived metrics too
AFTER_METRICS, AFTER_OUTCOME_METRICS = "after_metrics", "after_outcome_metrics"

COMPILED = ("resource_type:model", "test_type:data")
PARSED_ANYHOW = {"created_at", "sources", "depends_on"}  # of a node, whatever its definition: dbt orders them by chance
FEW = 100  # of so many nodes, each is named when they are compiled


class DbtError(Exception):
    """The project could not be parsed or compiled, or a model could not be built; the message names it."""


@dataclass(frozen=True)
class NodeResult:
    """The result of one node of a dbt command, with dbt's `status`."""

    unique_id: str
    status: str
    compiled: str | None


@cache
def prepare() -> Path:
    """Have dbt parse the project if it changed; the folder with dbt's artifacts. Raises DbtError."""
    print_, done = _project_fingerprint(), TARGET / ".parsed"
    try:
        TARGET.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DbtError(f"{error}. To fix: name a folder that can be written with OUTCOMES_CACHE.") from error
    with FileLock(TARGET / ".lock"):
        if done.exists() and done.read_text() == print_ and (TARGET / "semantic_manifest.json").exists():
            return TARGET
        done.unlink(missing_ok=True)
        for path in PACKAGED.glob("*.json") if PACKAGED != TARGET else ():
            shutil.copyfile(path, TARGET / path.name)
        from dbt.cli.main import dbtRunner  # imported late: it takes seconds

        with _released():
            result = dbtRunner().invoke(
                [
                    "--quiet",
                    "--no-partial-parse",
                    "parse",
                    "--project-dir",
                    str(DBT_PROJECT),
                    "--profiles-dir",
                    str(DBT_PROJECT),
                    "--target-path",
                    str(TARGET),
                    "--log-path",
                    str(TARGET / "logs"),
                ]
            )
        if not result.success:
            raise DbtError(f"dbt can't parse the project: {result.exception}. To fix: run `dbt parse` in dbt/.")
        done.write_text(print_)
    return TARGET


def _project_fingerprint() -> str:
    files = [p for p in DBT_PROJECT.rglob("*") if p.suffix in {".sql", ".yml", ".md"} and TARGET not in p.parents]
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(files):
        digest.update(f"{path}\0{path.read_text()}\0".encode())
    return digest.hexdigest()


@cache
def manifest() -> dict[str, Any]:
    """dbt's manifest of the project, as JSON."""
    return json.loads((prepare() / "manifest.json").read_text())


def models() -> dict[str, dict[str, Any]]:
    """The models of the manifest by unique id."""
    return {uid: node for uid, node in manifest()["nodes"].items() if node["resource_type"] == "model"}


def data_tests() -> dict[str, dict[str, Any]]:
    """The data tests of the manifest by unique id."""
    return {uid: node for uid, node in manifest()["nodes"].items() if node["resource_type"] == "test"}


def compiled() -> dict[str, str]:
    """The compiled SQL of each model and data test, by unique id. Raises DbtError.

    Each is kept until its definition, what it refers to, or a macro changes: dbt takes longer to compile a test than
    DuckDB takes to run it.
    """
    wanted, kept = {**models(), **data_tests()}, prepare() / "compiled_sql.json"
    keys = _compile_keys(wanted)
    with FileLock(TARGET / ".compiled.lock"):
        found: dict[str, dict[str, str]] = json.loads(kept.read_text()) if kept.exists() else {}
        known = {uid: entry["sql"] for uid, entry in found.items() if keys.get(uid) == entry["key"]}
        if stale := wanted.keys() - known.keys():
            known |= _compile({uid: wanted[uid] for uid in stale})
            disk.write(kept, json.dumps({uid: {"key": keys[uid], "sql": sql} for uid, sql in known.items()}))
    return known


def _compile_keys(nodes: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """What the compiled SQL of each node depends on, as a hash by unique id."""
    every = manifest()
    macros = sorted((uid, macro["macro_sql"]) for uid, macro in every["macros"].items())
    relations = {uid: node["relation_name"] for uid, node in {**every["nodes"], **every["sources"]}.items()}
    shared = hashlib.sha256(json.dumps([version("dbt-core"), version("dbt-duckdb"), macros]).encode()).hexdigest()
    return {
        uid: hashlib.sha256(
            json.dumps(
                [
                    shared,
                    {name: value for name, value in node.items() if name not in PARSED_ANYHOW},
                    sorted(node["depends_on"]["macros"]),
                    sorted((on, relations.get(on)) for on in node["depends_on"]["nodes"]),
                ],
                sort_keys=True,
            ).encode()
        ).hexdigest()
        for uid, node in nodes.items()
    }


def _compile(nodes: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """The SQL that dbt compiles for these nodes. Raises DbtError."""
    chosen = [node["name"] for node in nodes.values()] if len(nodes) < FEW else COMPILED
    # compiled names include the database, which has the same name in every build
    with tempfile.TemporaryDirectory() as folder:
        results = invoke(Path(folder), "compile", "--no-populate-cache", "--select", *chosen)
        if (Path(folder) / "warehouse.duckdb").exists():
            raise DbtError(
                "a model or data test queries the database while it is compiled, but there is none yet. "
                "To fix: pass what it needs as an argument."
            )
    sql = {result.unique_id: result.compiled.strip() for result in results if result.compiled}
    if missing := nodes.keys() - sql.keys():
        raise DbtError(f"dbt can't compile {', '.join(sorted(missing))}. To fix: run `dbt compile` in dbt/.")
    return {uid: sql[uid] for uid in nodes}


def semantic_manifest() -> Path:
    """The path of dbt's semantic manifest, which MetricFlow reads."""
    return prepare() / "semantic_manifest.json"


@cache
def _parsed() -> Any:
    """The manifest as dbt's own object, so that calls needn't parse it."""
    from dbt.contracts.graph.manifest import Manifest

    parsed = Manifest.from_msgpack((prepare() / "partial_parse.msgpack").read_bytes())
    parsed.build_flat_graph()
    return parsed


@contextmanager
def _released() -> Generator[None]:
    """Close dbt's connections, so that it doesn't keep the build's files open."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()


def invoke(build: Path, command: str, *selection: str) -> list[NodeResult]:
    """Run `dbt <command>` against the files of a build; one result per node. Raises DbtError if dbt itself fails."""
    from dbt.cli.main import dbtRunner

    output = {
        "type": "duckdb",
        "path": str(build / "warehouse.duckdb"),
        "attach": [{"path": str(build / "stage.duckdb"), "alias": "stage"}],
        "settings": {"TimeZone": "UTC"},
    }
    profile = {"outcome_warehouse": {"target": "build", "outputs": {"build": output}}}
    with tempfile.TemporaryDirectory() as folder, _released():
        (Path(folder) / "profiles.yml").write_text(yaml.safe_dump(profile))
        result = dbtRunner(manifest=_parsed()).invoke(
            [
                *("--log-level", "none", "--no-write-json", command, *selection),
                *("--project-dir", str(DBT_PROJECT), "--profiles-dir", folder),
                *("--target-path", folder, "--log-path", folder),
            ]
        )
    if result.exception is not None:
        raise DbtError(f"dbt {command} failed: {result.exception}") from result.exception
    return [
        NodeResult(node.node.unique_id, str(node.status), getattr(node.node, "compiled_code", None))
        for node in getattr(result.result, "results", [])
    ]
