"""Column lineage: each column of a model is read to the columns that it is computed from."""

import pytest

from dagster_project import dbt_runner
from dagster_project.column_lineage import column_lineage
from dagster_project.defs.models import lineage_of


def read(model: str, column: str) -> list[tuple[str, str]]:
    """The relations and columns that a column is computed from."""
    found = column_lineage()[f"model.outcome_warehouse.{model}"][column]
    return [(uid.split(".", 2)[2], name) for uid, name in found]


def test_a_renamed_column_of_a_feed() -> None:
    assert read("stg_ledger_entries", "ledger_entry_id") == [("landing.ledger_entries", "ledger_entry_id")]


def test_a_key_is_looked_up_by_what_the_entry_says() -> None:
    assert read("fct_ledger_entries", "account_key") == [
        ("dim_account", "account_key"),
        ("int_ledger_entries", "account_code"),
    ]


def test_a_union_by_name_is_read_by_name() -> None:
    assert read("dim_team", "pilot_side") == [("int_teams", "pilot_side")]


@pytest.mark.parametrize("layer", ["core", "outcomes", "metrics"])
def test_what_is_read_exists(layer: str) -> None:
    """And nearly every column that readers see is read from another."""
    lineage, models = column_lineage(), dbt_runner.models()
    published = {uid for uid, node in models.items() if node["schema"] == layer}
    assert published and published <= lineage.keys()
    parents = {uid: set(models[uid]["depends_on"]["nodes"]) for uid in published}
    strangers = {
        (uid, column, on)
        for uid in published
        for column, found in lineage[uid].items()
        for on, name in found
        if on not in parents[uid] or (on in lineage and name not in lineage[on])
    }
    assert strangers == set()


def test_dagster_shows_it_by_asset_key() -> None:
    [dep] = lineage_of("model.outcome_warehouse.dim_team").deps_by_column["team_name"]
    assert (dep.asset_key.path, dep.column_name) == (["intermediate", "int_teams"], "name")


def test_what_dbt_compiled_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a fifth of a second, and a run of Dagster asked for it once a model."""
    compiled, lineage, asked = dbt_runner.compiled(), column_lineage(), list[str]()
    monkeypatch.setattr(dbt_runner, "compiled", lambda: asked.append("once") or compiled)

    assert column_lineage.__wrapped__() == lineage and asked == ["once"]
