"""Generate the files of `dbt/models/staging` from the feed contracts: models, their tests, the dbt sources.

The templates in this folder use square brackets (`[[ ]]`, `[% %]`), because their output contains Jinja.
"""

import json
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from dagster_project.settings import DBT_PROJECT
from sources.contracts import Column, ColumnType, Feed, load_groups

FOLDER = DBT_PROJECT / "models" / "staging"
# the first line of a generated file
MARKS = ("{#- Written by `outcomes staging`", "# Written by `outcomes staging`")
# the sections of a model, in order, and their types; text that ends in `_id` is an id
SECTIONS: dict[str, tuple[ColumnType, ...]] = {
    "ids": (),
    "text": ("string", "currency"),
    "numbers": ("integer", "decimal"),
    "flags": ("boolean",),
    "times": ("date", "timestamp"),
}
_TEMPLATES = Environment(
    loader=PackageLoader(__name__, "."),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[[",
    variable_end_string="]]",
    comment_start_string="[#",
    comment_end_string="#]",
)
_TEMPLATES.filters["quoted"] = json.dumps


def section(column: Column) -> str:
    """The section of a staging model that a column belongs to."""
    if column.type == "string" and column.name.endswith("_id"):
        return "ids"
    return next(name for name, types in SECTIONS.items() if column.type in types)


def model_sql(group: str, feed: Feed) -> str:
    """The staging model of a feed: its columns by section, in each in the contract's order."""
    sections = {name: [c.name for c in feed.columns if section(c) == name] for name in SECTIONS}
    return _TEMPLATES.get_template("stg_feed.sql.j2").render(
        group=group,
        feed=feed,
        keys=[key.name for key in feed.keys],
        sections={name: columns for name, columns in sections.items() if columns},
    )


def written() -> dict[Path, str]:
    """The text of each generated file, by its path below `dbt/models/staging`."""
    groups = load_groups()
    models = {
        Path(group, f"stg_{feed.name}.sql"): model_sql(group, feed) for group, feeds in groups.items() for feed in feeds
    }
    tests = {
        Path(group, f"_{group}__models.yml"): _TEMPLATES.get_template("models.yml.j2").render(group=group, feeds=feeds)
        for group, feeds in groups.items()
    }
    every = [feed for feeds in groups.values() for feed in feeds]
    return models | tests | {Path("_landing.yml"): _TEMPLATES.get_template("landing.yml.j2").render(feeds=every)}


def found(folder: Path | None = None) -> dict[Path, str]:
    """The text of each generated file that exists in `dbt/models/staging`, or another folder."""
    folder = folder or FOLDER
    texts = {path.relative_to(folder): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {path: text for path, text in texts.items() if text.startswith(MARKS)}


def write(folder: Path | None = None) -> list[Path]:
    """Write the files that differ and delete those without a contract; their paths below the folder."""
    folder = folder or FOLDER
    before, after = found(folder), written()
    changed = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    for path in changed:
        if path in after:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(after[path])
        else:
            (folder / path).unlink()
    return changed
