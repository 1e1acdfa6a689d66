"""`outcomes contracts export`: valid by the standard's own schema, and true to the contracts."""

import json
from importlib import resources
from pathlib import Path

import jsonschema
import yaml

from sources.contracts import load_contracts
from tests.end_to_end.harness import TINY, outcomes


def test_all_feeds_are_valid_by_the_schema_of_the_standard(tmp_path: Path) -> None:
    said = outcomes("contracts", "export", home=tmp_path, portfolio=TINY)
    schema = json.loads((resources.files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8"))
    document = yaml.safe_load(said.out)

    jsonschema.validate(document, schema)
    assert document["apiVersion"] == "v3.1.0"
    assert [entry["name"] for entry in document["schema"]] == list(load_contracts())


def test_a_feed_has_its_columns_keys_values_and_bounds(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    said = outcomes("contracts", "export", "accounts", "labour_rates", "--output", path, home=tmp_path, portfolio=TINY)
    accounts, rates = yaml.safe_load(path.read_text())["schema"]
    kind = next(column for column in accounts["properties"] if column["name"] == "account_type")
    code = accounts["properties"][0]

    assert said.exit_code == 0
    assert (code["primaryKey"], code["primaryKeyPosition"], code["required"]) == (True, 1, True)
    assert kind["quality"][0]["arguments"] == {"validValues": ["cost", "revenue", "transfer", "other"]}
    assert len(rates["properties"]) == len(load_contracts()["labour_rates"].columns)


def test_an_unknown_feed_is_refused(tmp_path: Path) -> None:
    said = outcomes("contracts", "export", "invoices", home=tmp_path, portfolio=TINY)
    assert said.exit_code == 2
    assert "no feed is called invoices" in said.err
