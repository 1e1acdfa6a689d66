"""What stands in `dbt/models/staging` is what `outcomes staging` writes from the contracts."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project import staging
from dagster_project.cli import app
from sources.contracts import Feed

FEED = Feed.model_validate(
    {
        "name": "visits",
        "description": "One row per visit.",
        "columns": [
            {"name": "visit_id", "type": "string", "key": True, "description": "Visit"},
            {"name": "began_at", "type": "timestamp", "description": "Begin"},
            {"name": "is_paid", "type": "boolean", "description": "Whether it was paid for"},
            {"name": "visitors", "type": "integer", "description": "People who came"},
            {"name": "currency", "type": "currency", "description": "Currency of the price"},
            {"name": "place_id", "type": "string", "description": "Place"},
            {"name": "price", "type": "decimal", "description": "Price"},
            {"name": "day", "type": "date", "key": True, "description": "Day"},
        ],
    }
)
MODEL = """\
{#- Written by `outcomes staging` from sources/contracts/leisure.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("visits", ["visit_id", "day"]) }}),

    renamed as (
        select
            -- ids
            visit_id,
            place_id,
            -- text
            currency,
            -- numbers
            visitors,
            price,
            -- flags
            is_paid,
            -- times
            began_at,
            day,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
"""


def test_the_repository_holds_what_the_contracts_give() -> None:
    assert staging.found() == staging.written(), "To fix: outcomes staging"


def test_a_model_has_its_columns_by_section_and_in_each_in_the_contract_s_order() -> None:
    assert staging.model_sql("leisure", FEED) == MODEL


def test_a_model_is_written_again_and_one_without_a_contract_deleted(tmp_path: Path) -> None:
    staging.write(tmp_path)
    (tmp_path / "tasks" / "stg_releases.sql").write_text("select 1")
    (tmp_path / "tasks" / "stg_gone.sql").write_text(MODEL)
    (tmp_path / "_settings.yml").write_text("by hand")

    assert staging.write(tmp_path) == [Path("tasks/stg_gone.sql"), Path("tasks/stg_releases.sql")]
    assert staging.found(tmp_path) == staging.written()
    assert (tmp_path / "_settings.yml").read_text() == "by hand"


def test_the_command_names_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "FOLDER", tmp_path)

    first, second = (CliRunner().invoke(app, ["staging"]).stdout.split("\n") for _ in range(2))

    assert "tasks/stg_releases.sql" in first
    assert second == ["Every staging model is up to date with its contract.", ""]
