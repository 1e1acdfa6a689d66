"""The commands of docs/operations.md back a home up, and bring it back on another machine as it was."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.harness import ROOT, Said, figures, outcomes, served, versions
from tests.end_to_end.sparse import sparse_portfolio

pytestmark = pytest.mark.slow

NAME = "only_surveys"


def documented(heading: str) -> list[str]:
    """The command blocks of a section of docs/operations.md."""
    text = (ROOT / "docs" / "operations.md").read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```\n(.*?)```", text, re.DOTALL)


@dataclass
class Machines:
    """The home on the machine that was lost, and on the one that it was restored on."""

    portfolio: Path
    before: Path
    after: Path
    safe: Path

    def say(self, *arguments: str) -> Said:
        """Run a command on the restored home."""
        return outcomes(*arguments, home=self.after.parent, portfolio=self.portfolio)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    folder = tmp_path_factory.mktemp("backup")
    found = Machines(
        sparse_portfolio(NAME, folder / "portfolio"), folder / "old" / NAME, folder / "new" / NAME, folder / "safe"
    )
    found.safe.mkdir()
    for _ in range(2):
        said = outcomes("refresh", "--full", home=found.before.parent, portfolio=found.portfolio)
        assert said.exit_code == 0, said.err
    save, restore = documented("Backups")
    for home, commands in ((found.before, save), (found.after, restore)):
        line = commands.replace("/srv/outcomes/mine", str(home)).replace("/safe", str(found.safe))
        line = re.sub(r"\bmine(?=[/\n])", NAME, line)  # the home's name, inside of the archive
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", line], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return found


def test_the_restored_home_serves_the_same_figures_and_keeps_every_version(machines: Machines) -> None:
    assert figures(served(machines.after)) == figures(served(machines.before))
    assert versions(machines.after) == versions(machines.before)


def test_nothing_in_it_is_damaged(machines: Machines) -> None:
    said = machines.say("verify", "--all")
    assert said.exit_code == 0, said.out + said.err


def test_a_refresh_finds_nothing_new_with_the_same_key(machines: Machines) -> None:
    assert machines.say("refresh").out.startswith("Nothing new")
    assert (machines.after / "key").read_bytes() == (machines.before / "key").read_bytes()
    assert (machines.after / "key").stat().st_mode & 0o777 == 0o600


def test_it_rolls_back_and_builds_again(machines: Machines, tmp_path: Path) -> None:
    copied = shutil.copytree(machines.after, tmp_path / NAME, symlinks=True)
    (copied / "portfolio.txt").unlink()
    older = versions(copied)[0]
    assert outcomes("rollback", older, home=tmp_path, portfolio=machines.portfolio).exit_code == 0
    assert outcomes("refresh", "--full", home=tmp_path, portfolio=machines.portfolio).exit_code == 0
    assert figures(served(copied)) == figures(served(machines.before))


def test_the_archive_holds_neither_the_key_nor_a_tool_s_secret_nor_what_is_made_again(machines: Machines) -> None:
    [archive] = machines.safe.glob("*.tar.gz")
    listed = subprocess.run(["tar", "-tzf", archive], capture_output=True, text=True, check=True).stdout.splitlines()
    tops = {line.partition("/")[2].partition("/")[0] for line in listed}
    assert not tops & {"key", "secrets", "build", "check", "as-of", "tmp"}
    assert {"landing", "audit", "serve"} <= tops
