"""The tables of docs/metrics.md, generated from the metrics' definitions in dbt.

`python -m tests.dagster_project.metrics_page --write` generates them.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dagster_project import dbt_runner, measure
from tests.conftest import ROOT

DOCUMENT = ROOT / "docs" / "metrics.md"
BEGIN, END = "<!-- metrics: begin -->\n", "<!-- metrics: end -->\n"
DOMAINS = {
    "delivery": "Delivery",
    "finance": "Finance",
    "feedback": "Feedback",
    "goals": "Goals",
    "value": "Value",
    "pilots": "Pilot teams",
}
BETTER = {"up": "more", "down": "less"}
MEANING = ("metric", "label", "definition", "formula", "n is the number of", "minimum n", "interval", "version")
REACH = ("metric", "unit", "better", "by", "grains", "without rows", "left-out rows", "feeds")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), ["---"] * len(list(head)), *map(list, rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _domain(metric: dict[str, Any]) -> str:
    return Path(metric["original_file_path"]).name.removeprefix("_").partition("__")[0]


def tables() -> str:
    """Two tables per domain, one row per governed metric: what it means, and where it is measured."""
    manifest = dbt_runner.manifest()
    labels = {metric["name"]: metric["label"] for metric in manifest["metrics"].values()}
    asked: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for entry in measure.compile_project():
        asked[entry.metric][entry.dimension].add(entry.grain)
    by_domain: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, metric in sorted(measure.governed(manifest).items()):
        by_domain[_domain(metric)].append(metric)
    parts: list[str] = []
    for domain, title in DOMAINS.items():
        meaning: list[list[str]] = []
        reach: list[list[str]] = []
        for metric in by_domain.pop(domain):
            name, meta = metric["name"], metric["config"]["meta"]
            meaning.append(
                [
                    f"`{name}`",
                    metric["label"],
                    " ".join(metric["description"].split()),
                    meta["formula"],
                    labels[meta["n"]].lower(),
                    str(meta["minimum_n"]),
                    "–" if meta["interval"] == "none" else meta["interval"],
                    str(meta["version"]),
                ]
            )
            grains = measure.grains(metric)
            members = (
                f"`{dimension}`" + (" (all time only)" if found == {"all"} != set(grains) else "")
                for dimension, found in sorted(asked[name].items(), key=lambda item: (item[0] != "total", item[0]))
            )
            reach.append(
                [
                    f"`{name}`",
                    meta["unit"],
                    BETTER.get(meta["direction"], meta["direction"]),
                    ", ".join(members),
                    "default" if grains == measure.DEFAULT_GRAINS else _names(grains),
                    "0" if meta["when_empty"] == "zero" else "not measured",
                    {
                        "incomplete": "incomplete",
                        "incomplete_if_most": "incomplete if most are excluded",
                        "apart": "counted",
                    }[meta["excluded_rows"]]
                    if "excluded" in meta
                    else "–",
                    _names(meta["feeds"]),
                ]
            )
        parts.append(f"### {title}\n\n{_table(MEANING, meaning)}\n{_table(REACH, reach)}")
    if by_domain:
        raise ValueError(f"no title for the metrics of {', '.join(sorted(by_domain))}; name it in DOMAINS")
    return "\n" + "\n".join(parts) + "\n"


def page(text: str) -> str:
    """`text` with its tables as the definitions have them now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + tables() + END + after


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    dbt_runner.prepare()
    DOCUMENT.write_text(page(DOCUMENT.read_text()))
