"""The digest: its figures are those that were published, and a refresh sends it once a version."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.harness import outcomes, served
from tests.end_to_end.pages import written_tiles
from tests.end_to_end.sparse import sparse_portfolio
from tests.receivers import webhook

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("acme")]

NAME = "only_surveys"


def section(text: str, heading: str) -> list[str]:
    """The list below a heading of a digest, without its bullets."""
    body = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line.removeprefix("- ") for line in body.splitlines() if line.startswith("- ")]


def test_it_tells_each_significant_change_of_the_latest_quarter_and_no_other(acme: Refreshed) -> None:
    text = outcomes("digest", home=acme.home.parent, portfolio=acme.folder).out
    labels = acme.read("""
        select metric_label
        from metrics.fct_metric_comparisons
        inner join metrics.dim_metric using (metric_name, metric_version)
        where grain = 'quarter' and dimension_name = 'total' and period_start = '2026-04-01' and verdict in ('better', 'worse')
    """)
    told = section(text, "What changed")
    assert {line.partition(":")[0] for line in told} == {label for (label,) in labels} and told


def test_it_tells_the_key_figures_of_the_page(acme: Refreshed) -> None:
    text = outcomes("digest", home=acme.home.parent, portfolio=acme.folder).out
    told = section(text, "Key figures")
    wanted = [
        f"{label.partition(' ⚠')[0]}: {amount} (" for _, label, amount, *_ in written_tiles(served(acme.home).parent)
    ]
    assert len(told) == len(wanted) >= 6
    assert all(line.startswith(start) for line, start in zip(told, wanted, strict=True))


def test_it_counts_wins_and_goals_that_are_behind_as_the_tables_do(acme: Refreshed) -> None:
    text = outcomes("digest", home=acme.home.parent, portfolio=acme.folder).out
    [(wins,)] = acme.read("select count(*) from outcomes.wins")
    behind = acme.read("select key_result_name from outcomes.goal_scorecard where goal_status = 'behind'")
    shown = section(text, "Wins")
    assert shown[-1] == f"and {wins - 5} more on the page"
    decisions = section(text, "What needs a decision")
    assert {line.partition(" · ")[0] for line in decisions if "Status: behind" in line} <= {name for (name,) in behind}
    assert any("Status: behind" in line for line in decisions)


def test_a_page_that_is_a_file_is_named_and_no_link(acme: Refreshed) -> None:
    """No mail opens such a link, and as none it would show Markdown's brackets."""
    html = outcomes("digest", "--format", "html", home=acme.home.parent, portfolio=acme.folder).out
    assert f"<p>Page: {(acme.home / 'index.html').as_uri()}</p>" in html


def test_it_is_a_page_that_loads_nothing(acme: Refreshed) -> None:
    html = outcomes("digest", "--format", "html", home=acme.home.parent, portfolio=acme.folder).out
    assert html.startswith("<!doctype html>") and "<h2>Wins</h2>" in html
    assert "src=" not in html and "<script" not in html and "<link" not in html


def test_a_refresh_sends_it_once_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    portfolio = sparse_portfolio(NAME, tmp_path / "portfolio")
    with (portfolio / "portfolio.yml").open("a") as file:
        file.write("notify: {digest: [webhook], alerts: [webhook], page: 'https://acme.example/outcomes/'}\n")
    with webhook() as chat:
        monkeypatch.setenv("OUTCOMES_WEBHOOK", chat.url)
        said = [outcomes("refresh", home=tmp_path, portfolio=portfolio) for _ in range(2)]
    assert [one.exit_code for one in said] == [0, 0], said[0].err
    [post] = chat.posts
    assert "[Open the page](https://acme.example/outcomes/)" in post["text"]


def test_without_a_version_it_says_what_to_do(tmp_path: Path) -> None:
    said = outcomes("digest", home=tmp_path, portfolio=sparse_portfolio(NAME, tmp_path / "portfolio"))
    assert said.exit_code == 1 and "nothing was ever published" in said.err and "outcomes refresh" in said.err
