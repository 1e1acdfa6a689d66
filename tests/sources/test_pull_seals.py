"""A damaged pull is named before anything of it lands."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources.errors import LandingError
from sources.fetching import pulls
from sources.fetching.source import Page, Window
from tests.serving.builds import damage

NOW = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def pull(tmp_path: Path) -> pulls.Sealed:
    filled = pulls.Pull.begin(tmp_path, "tool", Window("snapshot", NOW, None), ["issues"], fingerprint="f", scope=[])
    filled.add("issues", Page({"issues": [b'{"id": 1}']}))
    return filled.seal(NOW)


def test_a_whole_pull_is_read(pull: pulls.Sealed, tmp_path: Path) -> None:
    assert [one.rows for one in pulls.sealed(tmp_path, "tool")] == [pull.rows]
    pulls.see(pull, NOW)
    assert len(pulls.sealed(tmp_path, "tool")) == 1


@pytest.mark.parametrize("where", [3, 40, -3, -40])
def test_any_bit_of_its_seal(pull: pulls.Sealed, tmp_path: Path, where: int) -> None:
    damage(pull.folder / pulls.SEAL, where)
    with pytest.raises(LandingError, match=r"pull\.json.*outcomes fetch tool --full"):
        pulls.sealed(tmp_path, "tool")


def test_a_pull_of_an_earlier_release_has_no_seal_of_its_own(pull: pulls.Sealed, tmp_path: Path) -> None:
    path = pull.folder / pulls.SEAL
    record = json.loads(path.read_text())
    path.chmod(0o600)
    path.write_text(json.dumps({name: one for name, one in record.items() if name not in ("seal", pulls.SINCE)}))
    assert [one.rows for one in pulls.sealed(tmp_path, "tool")] == [pull.rows]
