"""The one reader of environment and `portfolio.yml`: keys that are documented, and errors that name file and key."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from dagster_project.settings import (
    Environment,
    Mail,
    Notify,
    Portfolio,
    PortfolioError,
    Spark,
    SuccessBands,
    Thresholds,
    cache_folder,
    parse_portfolio,
    read_portfolio,
    workspace,
)
from sources.config import FileLimits, FileSettings, FileSource
from sources.connectors import VENDORS
from sources.fetching.source import ApiSource
from tests.end_to_end.harness import ROOT, TINY

MINIMAL: dict[str, Any] = {"name": "mine", "title": "Mine", "reporting_currency": "EUR"}
EXPLAINED_ELSEWHERE = {"thresholds", "success_bands"}


JIRA = {"name": "my-jira", "type": "jira", "url": "https://acme.example", "user": "me"}


def written(folder: Path, **keys: Any) -> Path:
    """A folder with a `portfolio.yml` of the least that it needs, and these keys."""
    (folder / "portfolio.yml").write_text(yaml.safe_dump(MINIMAL | keys))
    return folder


@pytest.mark.parametrize(
    "model",
    [Environment, Portfolio, Notify, Mail, Thresholds, SuccessBands, FileSource, FileSettings, FileLimits],
    ids=lambda m: m.__name__,
)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    unexplained = {name for name, found in model.model_fields.items() if not found.description}

    assert unexplained - EXPLAINED_ELSEWHERE == set()


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda v: v.__name__)
def test_every_key_of_a_tool_is_explained_and_documented(vendor: type[ApiSource]) -> None:
    shared, own = (ROOT / "docs" / "sources.md").read_text(), (vendor.folder / "README.md").read_text()

    assert {name for name, found in vendor.model_fields.items() if not found.description} - EXPLAINED_ELSEWHERE == set()
    assert {name for name in vendor.model_fields if f"`{name}`" not in shared + own} - {"type"} == set()
    assert f"| `{vendor.model_fields['type'].annotation.__args__[0]}` |" in shared  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "model",
    [Portfolio, Notify, Mail, Thresholds, SuccessBands, Spark, FileSource, FileSettings, FileLimits],
    ids=lambda m: m.__name__,
)
def test_every_key_is_in_the_documentation(model: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "portfolio.md").read_text()

    assert {name for name in model.model_fields if name not in page} == set()


def test_three_keys_are_enough(tmp_path: Path) -> None:
    portfolio = read_portfolio(written(tmp_path))

    assert portfolio.time_zone == "UTC"
    assert portfolio.schedule is None
    assert portfolio.max_rate_age_days == 31
    assert portfolio.thresholds == Thresholds(
        quarantine_warn_share=0, quarantine_fail_share=0.01, deleted_fail_share=0.2
    )
    assert portfolio.success_bands == SuccessBands(good=0.7, fair=0.4)
    assert [source.path for source in portfolio.sources] == ["data"]


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"name": "My Portfolio"}, "name"),
        ({"title": None}, "title"),
        ({"reporting_currency": "eur"}, "reporting_currency"),
        ({"reporting_currency": "XXL"}, "reporting_currency"),
        ({"tokens": ["mana"]}, "tokens.0"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"fiscal_year_start_month": 0}, "fiscal_year_start_month"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"max_rate_age_days": -1}, "max_rate_age_days"),
        ({"keep_versions": 0}, "keep_versions"),
        ({"thresholds": {"quarantine_fail_share": 1.5}}, "thresholds.quarantine_fail_share"),
        ({"thresholds": {"quarantine": 1}}, "thresholds.quarantine"),
        ({"success_bands": {"good": 1.5}}, "success_bands.good"),
        ({"success_bands": {"good": 0.4, "fair": 0.4}}, "success_bands"),
        ({"success_bands": {"excellent": 0.9}}, "success_bands.excellent"),
        ({"sources": [{"name": "a"}, {"name": "a"}]}, "same name"),
        ({"sources": [{"name": "a", "kind": "photo"}]}, "sources.0.kind"),
        ({"sources": [{"name": "a", "type": "jirra"}]}, "'jirra' found"),
        ({"sources": [JIRA | {"url": "http://acme.example"}]}, "sources.0.url: it must begin with https://"),
        ({"sources": [JIRA | {"url": "https://me:pass@acme.example"}]}, "without user"),
        ({"sources": [JIRA | {"token": "t"}]}, "environment variable OUTCOMES_MY_JIRA_TOKEN"),
        ({"sources": [{"name": "a", "feeds": ["tickets"]}]}, "sources.0.feeds"),
        ({"sources": [{"name": "a", "observed_at": "2025-01-01T00:00:00"}]}, "observed_at"),
        ({"sources": [{"name": "a", "covers": {"budgets": [["2025-01-02", "2025-01-01"]]}}]}, "covers"),
        ({"overhead_categories": "office"}, "overhead_categories"),
        ({"run_item_types": [1]}, "run_item_types.0"),
        ({"gives": ["weather"]}, "gives.0"),
        ({"budget_version_replaces": "month"}, "budget_version_replaces"),
        ({"labour_cost": "guess"}, "labour_cost"),
        ({"labour_cost": "rates"}, "labour_categories"),
        ({"labour_cost": "rates", "labour_categories": "labour"}, "labour_categories"),
        ({"capital_cost": "never"}, "capital_cost"),
        ({"capital_cost": "amortised"}, "depreciation_accounts"),
        ({"depreciation_accounts": [5900]}, "depreciation_accounts.0"),
        ({"statuses": ["In Dev"]}, "statuses"),
        ({"statuses": {"In Dev": "busy"}}, "statuses.In Dev"),
        ({"no_such_key": 1}, "no_such_key"),
    ],
)
def test_an_error_names_file_and_key(keys: dict[str, Any], named: str, tmp_path: Path) -> None:
    with pytest.raises(PortfolioError) as error:
        read_portfolio(written(tmp_path, **keys))

    assert str(tmp_path / "portfolio.yml") in str(error.value)
    assert named in str(error.value)
    assert "To fix:" in str(error.value)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"as_of": "2025-12-31T22:00:00Z"}, "as_of: it must be a day without a time, such as 2025-12-31"),
        ({"as_of": "yesterday"}, "as_of: it must be a day, such as 2025-12-31 (it is yesterday)"),
        ({"title": None}, "title: it must be a text"),
        ({"keep_versions": 0}, "keep_versions: it must be at least 1 (it is 0)"),
        ({"keep_versions": "many"}, "keep_versions: it must be a whole number (it is many)"),
        ({"labour_cost": "guess"}, "labour_cost: it must be 'ledger' or 'rates' (it is guess)"),
        ({"no_such_key": 1}, "no_such_key: there is no such key"),
        ({"name": "My Portfolio"}, "name: it may have lower-case letters"),
        ({"publish_comments": "perhaps"}, "publish_comments: it must be true or false"),
        ({"sources": [{"path": "data"}]}, "sources.0.name: it is required"),
        (
            {"sources": [{"name": "a", "observed_at": "soon"}]},
            "sources.0.observed_at: it must be a moment with its zone",
        ),
        ({"sources": {"name": "a"}}, "sources: it must be a list"),
        ({"sources": [{"name": "a", "path": "ftp://host/exports"}]}, "sources.0.path: 'ftp://host/exports' is not a"),
    ],
)
def test_an_error_is_in_plain_words(keys: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(PortfolioError) as error:
        read_portfolio(written(tmp_path, **keys))
    assert words in str(error.value)


ODD = [
    None,
    "",
    "x",
    -1,
    1.5,
    10**30,
    float("nan"),
    True,
    [],
    [1],
    {},
    {"a": 1},
    {1: 2},
    date(2025, 1, 1),
    ["x"],
    [{"x": 1}],
]


@pytest.mark.parametrize("model", [Portfolio, FileSettings, FileSource, *VENDORS], ids=lambda m: m.__name__)
def test_no_error_is_in_another_library_s_words(model: type[BaseModel]) -> None:
    found: list[str] = []
    for key in model.model_fields:
        for odd in ODD:
            given: dict[str, Any] = {key: odd}
            if issubclass(model, FileSettings):
                given = {"files": {"a.csv": given}}
            elif not issubclass(model, Portfolio):
                given = {"sources": [{"name": "t", "type": model.model_fields["type"].annotation.__args__[0]} | given]}  # type: ignore[union-attr]
            try:
                parse_portfolio(MINIMAL | given, Path("portfolio.yml"))
            except PortfolioError as error:
                found.append(str(error))
    assert found
    assert [said for said in found if re.search(r"Input should|should be|should match|valid ", said)] == []


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("90 seconds", 90), ("1 minute", 60), ("12 hours", 43_200), ("2 weeks", 1_209_600), ("PT1H", 3600), (30, 30)],
)
def test_a_time_is_written_as_people_write_it(given: Any, seconds: int) -> None:
    (source,) = parse_portfolio(MINIMAL | {"sources": [JIRA | {"patience": given}]}, Path("portfolio.yml")).sources
    assert isinstance(source, ApiSource) and source.patience.total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "- a list", "just words", "name: [", "name: \x00"])
def test_what_is_no_portfolio_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "portfolio.yml").write_text(text)

    with pytest.raises(PortfolioError, match=r"portfolio\.yml"):
        read_portfolio(tmp_path)


def test_the_environment_chooses_portfolio_home_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_PORTFOLIO", str(TINY))
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    monkeypatch.setenv("OUTCOMES_KEY", "a secret")

    space = workspace()

    assert (space.folder, space.home, space.key) == (TINY, tmp_path / "tiny", "a secret")


def test_without_an_environment_the_bundled_portfolio_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORTFOLIO", "HOME", "KEY"):
        monkeypatch.delenv(f"OUTCOMES_{name}", raising=False)

    space = workspace()

    assert space.portfolio.name == "decentraland"
    assert space.home == Path.cwd() / ".outcomes" / "decentraland"
    assert space.key is None


def test_a_folder_that_is_a_portfolio_is_meant_before_the_bundled_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OUTCOMES_PORTFOLIO", raising=False)
    monkeypatch.chdir(written(tmp_path))

    assert workspace().portfolio.name == "mine"


def test_where_none_is_bundled_a_portfolio_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OUTCOMES_PORTFOLIO", raising=False)
    monkeypatch.setattr("dagster_project.settings.EXAMPLE", tmp_path / "none")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(PortfolioError, match=r"no portfolio is named.*outcomes init"):
        workspace()


def test_what_was_compiled_is_kept_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_CACHE", str(tmp_path))

    assert cache_folder().parent == tmp_path


def test_an_installed_package_keeps_what_was_compiled_in_the_user_s_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("dagster_project.settings.DBT_PROJECT", tmp_path / "site-packages" / "dagster_project" / "dbt")

    assert cache_folder().parent == tmp_path / "outcome-warehouse"


def test_the_command_s_folder_goes_before_the_environment_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_PORTFOLIO", str(TINY))

    assert workspace(written(tmp_path)).portfolio.name == "mine"


def test_what_money_is_reaches_the_models(tmp_path: Path) -> None:
    keys = {
        "overhead_categories": ["office"], "run_item_types": ["bug"], "labour_cost": "rates", "labour_categories": [],
        "capital_cost": "amortised", "depreciation_accounts": ["5900"], "gives": ["revenue"],
        "budget_version_replaces": "whole",
    }  # fmt: skip
    portfolio = read_portfolio(written(tmp_path, **keys))

    assert portfolio.build_settings(portfolio.now()).items() >= keys.items()


def test_what_statuses_mean_reaches_the_models(tmp_path: Path) -> None:
    portfolio = read_portfolio(written(tmp_path, statuses={"In Dev": "in_progress", "QA": "done"}))

    settings = portfolio.build_settings(portfolio.now())
    assert (settings["status_names"], settings["status_categories"]) == (["In Dev", "QA"], ["in_progress", "done"])


def test_a_fixed_day_ends_in_the_portfolio_s_zone() -> None:
    portfolio = Portfolio.model_validate(MINIMAL | {"as_of": date(2025, 6, 30), "time_zone": "Europe/Berlin"})

    assert portfolio.now() == datetime(2025, 6, 30, 21, 59, 59, 999999, UTC)


def test_without_a_fixed_day_now_is_the_clock() -> None:
    earlier = datetime.now(UTC)

    assert earlier <= Portfolio.model_validate(MINIMAL).now() <= datetime.now(UTC)


def test_nothing_else_reads_the_environment() -> None:
    packages = ("sources", "dbt", "expectations", "serving", "dagster_project")
    readers = {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if any(word in path.read_text() for word in ("os.environ", "getenv", "BaseSettings"))
    }

    assert readers <= {"dagster_project/settings.py"}


def test_who_answered_is_hidden_among_five_by_default(tmp_path: Path) -> None:
    portfolio = read_portfolio(written(tmp_path))

    assert portfolio.build_settings(portfolio.now())["privacy_minimum"] == 5


def test_a_privacy_minimum_below_three_is_refused(tmp_path: Path) -> None:
    assert read_portfolio(written(tmp_path, privacy_minimum=3)).privacy_minimum == 3

    with pytest.raises(PortfolioError, match="privacy_minimum"):
        read_portfolio(written(tmp_path, privacy_minimum=2))


@pytest.mark.parametrize("url", ["mysql://owner:s3cret@there/db", "postgresql://owner:s3cret@there", "s3cret"])
def test_a_mirror_that_is_no_postgresql_database_is_an_error_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(PortfolioError, match="mirror: it must be postgresql://") as raised:
        read_portfolio(written(tmp_path, mirror=url))

    assert "s3cret" not in str(raised.value)


def test_no_text_of_a_portfolio_shows_the_mirror_s_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_MIRROR_PASSWORD", "s3cret")
    space = workspace(written(tmp_path, mirror="postgresql://owner:s3cret@there/db"))

    assert space.mirror_password is not None and space.mirror_password.get_secret_value() == "s3cret"
    assert "s3cret" not in f"{space!r} {space} {space.model_dump()} {space.model_dump_json()}"


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("locale", "klingon", "CLDR locale"),
        ("locale", "", "CLDR locale"),
        ("date_format", "", "date_format"),
        ("date_format", "QQQQQQQQ y", "CLDR pattern"),
        ("notes", [{"on": "2026-02-30", "says": "New prices"}], "notes"),
        ("notes", [{"on": "2026-03-01"}], "says"),
        ("tiles", ["nps", "happiness"], "'happiness' is not the name of a metric"),
    ],
)
def test_a_way_to_write_that_nobody_knows_is_named(key: str, value: object, named: str, tmp_path: Path) -> None:
    with pytest.raises(PortfolioError, match=named):
        read_portfolio(written(tmp_path, **{key: value}))


def test_numbers_and_days_are_written_as_the_portfolio_says(tmp_path: Path) -> None:
    portfolio = read_portfolio(written(tmp_path, locale="de_CH", date_format="dd.MM.y"))

    assert (portfolio.locale, portfolio.date_format) == ("de_CH", "dd.MM.y")
