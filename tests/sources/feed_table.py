"""What feeds.md asks of every feed, written out by hand: the tests' own word, not the contracts'.

A column is `name` + `*` (key) or `!` (required) + `:type`, with a list of values in brackets; `+` marks a
personal identifier, `?` one that is personal in some rows, `@` one that is
personal where customers are people, `~` personal text.
"""

import re
from dataclasses import dataclass

TYPES = {
    "s": "string", "b": "boolean", "i": "integer", "d": "decimal", "D": "date", "T": "timestamp", "c": "currency",
}  # fmt: skip

FEEDS: dict[str, str] = {
    "work_items": """work_item_id*:s parent_work_item_id:s item_type!:s title!:s status!:s
        status_category!:s[to_do,in_progress,done,cancelled,unknown] is_deliverable!:b initiative_id:s team_id:s
        product_id:s assignee_id+:s created_at!:T committed_at:T started_at:T due_date:D done_at:T released_at:T
        accepted_at:T resolution:s[done,duplicate,wont_do] estimate_points:d url:s""",
    "work_item_changes": """work_item_id*:s field*:s changed_at*:T change_seq*:i from_value?:s to_value?:s
        changed_by+:s""",
    "time_entries": "time_entry_id*:s work_item_id:s person_id!+:s work_date!:D hours!:d",
    "releases": "release_id*:s product_id:s name!:s released_at!:T",
    "release_items": "release_id*:s work_item_id*:s",
    "ledger_entries": """ledger_entry_id*:s posted_date!:D service_date:D reverses_ledger_entry_id:s account_code!:s
        amount!:d currency!:c team_id:s initiative_id:s work_item_id:s product_id:s customer_id@:s description:s""",
    "accounts": """account_code*:s account_name!:s account_type!:s[cost,revenue,transfer,other] cost_category:s
        is_capital:b""",
    "budgets": """budget_id*:s month!:D account_code:s team_id:s product_id:s initiative_id:s amount!:d currency!:c
        budget_version!:s version_date!:D""",
    "labour_rates": "person_id*+:s team_id*:s valid_from*:D hourly_cost!:d currency!:c",
    "exchange_rates": "rate_date*:D currency*:c rate_to_reporting!:d",
    "benefits": """benefit_id*:s initiative_id!:s key_result_id:s month*:D benefit_type!:s[hard,soft]
        benefit_category:s[revenue,cost_saving,efficiency,customer,risk] scenario*:s[planned,actual] amount!:d
        currency!:c evidence:s""",
    "survey_responses": """response_id*:s question_id*:s survey_type!:s[nps,csat,ces,enps,approval,team_health]
        is_score_question!:b score!:d scale_min!:d scale_max!:d higher_is_better!:b respondent_id+:s customer_id@:s
        product_id:s team_id:s work_item_id:s responded_at!:T comment~:s""",
    "support_tickets": """ticket_id*:s customer_id@:s product_id:s opened_at!:T first_response_at:T solved_at:T
        reopened:b severity:s channel:s""",
    "usage_daily": "product_id*:s user_id*+:s usage_date*:D feature*:s events!:i",
    "objectives": """objective_id*:s name!:s parent_objective_id:s team_id:s owner_id+:s period_start!:D
        period_end!:D""",
    "key_results": """key_result_id*:s objective_id!:s name!:s kind!:s[outcome,output] goal_type!:s[reach,hold] unit:s
        direction:s[up,down] baseline_value!:d target_value!:d start_date!:D due_date!:D owner_id+:s metric_name:s
        metric_dimension:s metric_member_id:s""",
    "key_result_checkins": "key_result_id*:s checked_at*:T value!:d confidence:d note~:s",
    "outcome_links": """link_id*:s work_item_id:s initiative_id:s key_result_id!:s weight!:d valid_from:D
        valid_to:D""",
    "rituals": """ritual_id*:s ritual_type!:s[retrospective,one_on_one,goal_review,training] team_id:s held_at!:T
        participants:i actions_raised:i actions_closed:i""",
    "initiatives": """initiative_id*:s name!:s stage!:s[proposed,active,done,cancelled] objective_id:s team_id:s
        product_id:s planned_start_date:D planned_end_date:D started_at:T ended_at:T approved_amount:d currency:c""",
    "teams": "team_id*:s name!:s parent_team_id:s is_pilot:b pilot_start_date:D",
    "people": "person_id*+:s team_id:s joined_date:D left_date:D",
    "products": "product_id*:s name!:s parent_product_id:s",
    "customers": "customer_id*@:s segment:s region:s since_date:D",
}
# columns that the contracts have beyond feeds.md
ADDED = {("initiatives", "approved_at")}
# keys of which one part may be missing: a rate is a person's or a team's
EITHER = {("labour_rates", "person_id"), ("labour_rates", "team_id")}

# a value for each column that keeps every rule of the feed, where the type's own (`VALUES`) doesn't
VALUES = {
    "string": "x", "boolean": "true", "integer": "3", "decimal": "2.5", "date": "2025-03-01",
    "timestamp": "2025-03-01T10:00:00Z", "currency": "EUR",
}  # fmt: skip
SPECIAL: dict[tuple[str, str], str | None] = {
    ("labour_rates", "team_id"): None,
    ("survey_responses", "scale_min"): "0",
    ("survey_responses", "scale_max"): "10",
    ("key_results", "goal_type"): "reach",
    ("key_results", "target_value"): "9",
    ("key_results", "due_date"): "2025-12-31",
    ("key_result_checkins", "confidence"): "0.5",
    ("objectives", "period_end"): "2025-12-31",
    ("outcome_links", "initiative_id"): None,
    ("outcome_links", "valid_to"): "2025-12-31",
}


@dataclass(frozen=True)
class Expected:
    """One column as feeds.md has it."""

    name: str
    key: bool
    required: bool
    type: str
    values: tuple[str, ...]
    personal: str | None
    sometimes: bool
    somewhere: bool


def columns_of(feed: str) -> list[Expected]:
    """The columns of a feed, from the table."""
    found: list[Expected] = []
    for word in FEEDS[feed].split():
        match = re.fullmatch(r"(\w+)([*!+?@~]*):(\w)(?:\[(.*)\])?", word)
        assert match, word
        name, marks, letter, values = match.groups()
        personal = "id" if {"+", "?", "@"} & set(marks) else "text" if "~" in marks else None
        found.append(
            Expected(
                name,
                "*" in marks,
                "!" in marks,
                TYPES[letter],
                tuple(values.split(",")) if values else (),
                personal,
                "?" in marks,
                "@" in marks,
            )
        )
    return found


def good_row(feed: str) -> dict[str, str | None]:
    """A row with a value in every column that keeps every rule."""
    return {c.name: SPECIAL.get((feed, c.name), c.values[0] if c.values else VALUES[c.type]) for c in columns_of(feed)}
