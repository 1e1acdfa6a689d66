"""A refresh that fails publishes nothing, says why and how to look at it, and leaves what was served."""

from pathlib import Path
from shlex import quote

import pytest

from tests.end_to_end.conftest import Portfolio, Stage
from tests.end_to_end.harness import Said, copy_home, outcomes

pytestmark = pytest.mark.xdist_group("tiny")

BANNER = "The last refresh was not published"


@pytest.mark.parametrize("failure", ["torn", "breaking", "rejected"])
def test_what_was_served_is_served_still(failure: str, first: Stage, request: pytest.FixtureRequest) -> None:
    failed: Stage = request.getfixturevalue(failure)

    assert failed.said.exit_code == 1
    assert failed.version == first.version
    assert failed.files == first.files
    assert "Nothing was published" in failed.said.err


@pytest.mark.parametrize("failure", ["torn", "breaking", "rejected"])
def test_the_page_shows_the_failure_above_the_figures(
    failure: str, first: Stage, request: pytest.FixtureRequest
) -> None:
    failed: Stage = request.getfixturevalue(failure)

    assert BANNER in failed.page
    assert "21,936" in first.page and "21,936" in failed.page
    assert BANNER not in first.page


def test_a_torn_file_is_named_with_its_source(torn: Stage) -> None:
    assert "source office could not be landed; its earlier loads are unchanged" in torn.said.err
    assert "ledger.csv.gz" in torn.said.err
    assert "To fix:" in torn.said.err


def test_a_file_that_breaks_its_contract_is_named_with_its_source(breaking: Stage) -> None:
    assert "source office could not be landed; its earlier loads are unchanged" in breaking.said.err
    assert "accounts.csv" in breaking.said.err
    assert "account_type" in breaking.said.err
    assert "To fix:" in breaking.said.err


@pytest.mark.parametrize("failure", ["torn", "breaking"])
def test_a_source_that_fails_lands_nothing(failure: str, tiny: Portfolio, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(failure)

    loads = {path.parents[1].name: path.parent.name for path in tiny.home.glob("landing/*/source=office/load=*")}
    counts = {len(list(folder.glob("load=*"))) for folder in tiny.home.glob("landing/teams/source=office")}
    assert len(loads) == 14
    assert counts == {1}
    assert list((tiny.home / "tmp").iterdir()) == []


def test_the_banner_goes_when_the_files_are_whole_again(mended: Stage, first: Stage) -> None:
    assert mended.said.exit_code == 0
    assert mended.version == first.version
    assert BANNER not in mended.page


def test_a_failed_audit_names_check_table_and_what_was_observed(rejected: Stage, tiny: Portfolio) -> None:
    message = next(line for line in rejected.said.err.splitlines() if "reject_share_fail" in line)

    assert "stage.landing.loads" in message
    assert "failed" in message
    assert "found 1 of 14 rows" in message
    assert f"outcomes check --portfolio {quote(str(tiny.folder))} --rows reject_share_fail" in message


def test_the_command_that_a_failure_names_shows_the_rows(rows_of_check: Said) -> None:
    assert rows_of_check.exit_code == 0
    assert "accounts" in rows_of_check.out
    assert rows_of_check.out.splitlines()[-1] == "1 row"


def test_rows_of_a_build_that_is_gone_can_t_be_shown(first: Stage, tiny: Portfolio, tmp_path: Path) -> None:
    copy_home(first.home, tmp_path / "tiny")
    said = outcomes("check", "--rows", "cost_total", home=tmp_path, portfolio=tiny.folder)
    assert said.exit_code == 2
    fix = f"OUTCOMES_HOME={tmp_path} outcomes refresh --portfolio {quote(str(tiny.folder))} --full"
    assert f"the build that was audited is gone. To fix: {fix}" in said.err


def test_the_page_names_the_failing_check_and_its_command(rejected: Stage) -> None:
    assert "outcomes check --rows reject_share_fail" in rejected.page


def test_a_good_refresh_clears_the_banner(recovered: Stage) -> None:
    assert recovered.said.exit_code == 0
    assert BANNER not in recovered.page
