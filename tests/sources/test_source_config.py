"""What `portfolio.yml` may say of a source, and what it may not."""

from typing import Any

import pytest
from pydantic import ValidationError

from sources.config import FileSource


def source(**given: Any) -> FileSource:
    return FileSource.model_validate({"name": "src", **given})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"observed_at": "2026-04-27T23:59:59"}, "needs a time zone"),
        ({"observed_at": "2026-04-27"}, "needs a time zone"),
        ({"covers": {"teams": [["2026-01-01", "2025-01-01"]]}}, "must be ordered"),
        ({"covers": {"teams": [["2026-01-01", "2026-01-01"]]}}, "must be ordered"),
        ({"covers": {"team": [["2025-01-01", "2026-01-01"]]}}, "no feed is called 'team'"),
        ({"kinds": {"team": "increment"}}, "no feed is called 'team'"),
        ({"history": True, "observed_at": "2026-04-27T23:59:59Z"}, "remove observed_at"),
        ({"feeds": ["team"]}, "no feed is called 'team'"),
        ({"kind": "delta"}, "snapshot"),
        ({"name": "a/b"}, "pattern"),
        ({"name": ""}, "pattern"),
        ({"name": "_schema"}, "pattern"),
        ({"type": "jira"}, "files"),
        ({"paht": "data"}, "Extra inputs"),
    ],
)
def test_a_wrong_setting_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        source(**given)


def test_a_source_is_a_snapshot_of_data_by_default() -> None:
    assert (source().kind_of("teams"), source().path, source().observed_at) == ("snapshot", "data", None)


def test_the_kind_of_one_feed_goes_before_the_kind_of_the_source() -> None:
    given = source(kind="snapshot", kinds={"teams": "increment"})
    assert (given.kind_of("teams"), given.kind_of("people")) == ("increment", "snapshot")
