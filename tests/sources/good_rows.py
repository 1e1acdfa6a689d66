"""A row of each feed that keeps every rule of its contract, for tests to change and to land."""

from sources.contracts import load_contracts

CONTRACTS = load_contracts()

# a value for each column, where the type's own (`VALUES`) breaks a rule of the feed
VALUES = {
    "string": "x", "boolean": "true", "integer": "3", "decimal": "2.5", "date": "2025-03-01",
    "timestamp": "2025-03-01T10:00:00Z", "currency": "EUR",
}  # fmt: skip
SPECIAL: dict[tuple[str, str], str | None] = {
    ("labour_rates", "team_id"): None,
    ("survey_responses", "is_dont_know"): "false",
    ("survey_responses", "topic"): None,
    ("survey_responses", "scale_min"): "0",
    ("survey_responses", "scale_max"): "10",
    ("key_results", "goal_type"): "reach",
    ("key_results", "target_value"): "9",
    ("key_results", "due_date"): "2025-12-31",
    ("key_result_checkins", "confidence"): "0.5",
    ("initiative_reports", "confidence"): "0.5",
    ("objectives", "period_end"): "2025-12-31",
    ("outcome_links", "initiative_id"): None,
    ("recognitions", "initiative_id"): None,
    ("outcome_links", "valid_to"): "2025-12-31",
}


def good_row(feed: str) -> dict[str, str | None]:
    """A row with a value in every column that keeps every rule."""
    return {
        c.given_as: SPECIAL.get((feed, c.name), c.values[0] if c.values else VALUES[c.type])
        for c in CONTRACTS[feed].columns
    }
