"""The page docs/keys.md: written from the keys that dbt's tests prove.

`python -m tests.dagster_project.keys_page --write` writes it anew.
"""

import sys

from dagster_project import dbt_runner
from dagster_project.keys import published_keys
from tests.end_to_end.harness import ROOT

DOCUMENT = ROOT / "docs" / "keys.md"
HEAD = """# Keys of the published tables

For tools that draw joins from keys, and for people who write them. Each key is proved by a dbt test in the audit of every refresh: a version in which one
didn't hold was never published. The DuckDB file carries no constraints, which would slow its writing; the [mirror](mirror.md) has them as real ones, and each
version's `manifest.json` lists them under `keys`.

A column called `current_…` leads to the newest version of a dimension's member, the one without it to the version that was valid at the
time ([model.md](model.md)). Written by `python -m tests.dagster_project.keys_page --write`.

| table | primary key | foreign key | refers to |
|---|---|---|---|
"""


def page() -> str:
    """The page, from dbt's manifest."""
    lines: list[str] = []
    for table, keys in published_keys(dbt_runner.manifest()).items():
        cells = [f"`{table}`", ", ".join(f"`{name}`" for name in keys["primary_key"] or [])]
        foreign = [
            [f"`{', '.join(key['columns'])}`", f"`{key['table']}.{', '.join(key['referenced_columns'])}`"]
            for key in keys["foreign_keys"]
        ]
        for number, pair in enumerate(foreign or [["–", "–"]]):
            lines.append("| " + " | ".join([*(cells if number == 0 else ["", ""]), *pair]) + " |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    dbt_runner.prepare()
    DOCUMENT.write_text(page())
