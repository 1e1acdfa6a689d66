"""Alerts and digest: once a state and once a version, on every channel, and what an alert says."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dagster_project import alerting
from dagster_project.alerting import affected, follow_up, tell_killed
from dagster_project.home import Unended
from dagster_project.settings import Workspace
from expectations.records import CheckRecord
from serving import digest
from tests.dagster_project.test_channels import declared
from tests.end_to_end.harness import outcomes
from tests.receivers import HOST, Chat, Mailbox, mail_server, webhook

COST = {
    "check_name": "cost_by_team",
    "suite": "recomputation",
    "object_name": "metrics.fct_metric_values",
    "severity": "fail",
    "status": "failed",
    "observed": "2 cells differ",
    "expected": "the same values",
    "failing_rows": 2,
    "checked_at": "2026-06-30T06:00:00",
}
KEY = COST | {"check_name": "ledger_is_unique", "suite": "dbt", "object_name": "core.fct_ledger_entries"}


@dataclass
class Office:
    """A portfolio's home, with a mail server and a chat that are told what happens there."""

    space: Workspace
    box: Mailbox
    chat: Chat

    def ended(self, outcome: str, *failing: dict[str, Any], message: str | None = None) -> list[str]:
        """A refresh ends; what could not be sent."""
        result = {"outcome": outcome, "ended_at": "2026-06-30T06:00:00+00:00", "message": message}
        (self.space.home / "last_refresh.json").write_text(json.dumps(result | {"failing": list(failing)}))
        return follow_up(self.space)

    @property
    def subjects(self) -> list[str]:
        """The subjects of the mails that came."""
        return [str(letter["Subject"]) for letter in self.box.letters]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with mail_server() as box, webhook() as chat:
        mail = {
            "host": HOST,
            "port": box.port,
            "security": "none",
            "sender": "a@acme.example",
            "to": ["b@acme.example"],
        }
        both = ["mail", "webhook"]
        portfolio = declared(mail=mail, alerts=both, digest=both, page="https://acme.example/outcomes/")
        given = {"folder": tmp_path, "home": tmp_path, "key": None, "portfolio": portfolio, "webhook": chat.url}
        yield Office(Workspace.model_validate(given), box, chat)


def test_a_failure_and_the_recovery_are_told_once_on_each_channel(office: Office) -> None:
    for _ in range(3):
        assert office.ended("failed", COST) == []
    for _ in range(3):
        office.ended("unchanged")

    assert office.subjects == ["Acme: the refresh failed, 1 check failed", "Acme: the refresh works again"]
    assert [post["text"].partition("\n")[0] for post in office.chat.posts] == office.subjects


def test_another_check_that_fails_is_told_and_the_same_with_other_rows_is_not(office: Office) -> None:
    office.ended("failed", COST)
    office.ended("failed", COST | {"failing_rows": 3, "observed": "3 cells differ"})
    office.ended("failed", COST, KEY)

    assert office.subjects == ["Acme: the refresh failed, 1 check failed", "Acme: the refresh failed, 2 checks failed"]


def test_an_alert_names_check_table_figure_rows_and_remedy(office: Office) -> None:
    office.ended("failed", COST)

    said = office.box.letters[0].get_content().replace("\r\n", "\n")
    assert "- cost_by_team (recomputation) on metrics.fct_metric_values\n" in said
    assert "  - found: 2 cells differ; expected: the same values\n  - rows: 2\n  - figures: Cost\n" in said
    assert "  - to fix: see the rows with `outcomes check --rows cost_by_team`; decide by" in said
    assert "Nothing was published. Nothing is served yet." in said
    assert said.endswith("Page: https://acme.example/outcomes/\n")


def test_a_table_that_every_figure_is_computed_from_concerns_all(office: Office) -> None:
    office.ended("failed", KEY | {"object_name": "stage.landing.loads", "suite": "gx"})

    assert "  - figures: all\n" in office.box.letters[0].get_content().replace("\r\n", "\n")


def test_a_failure_without_a_check_says_why_and_is_the_same_with_other_numbers(office: Office) -> None:
    office.ended("failed", message="source office could not be landed: record 12 of 30. To fix: correct it.")
    office.ended("failed", message="source office could not be landed: record 13 of 31. To fix: correct it.")

    [letter] = office.box.letters
    assert letter["Subject"] == "Acme: the refresh failed, it ended early"
    assert "record 12 of 30. To fix: correct it." in letter.get_content()


def test_a_refresh_whose_process_was_ended_is_told(office: Office) -> None:
    office.ended("unchanged")
    follow_up(office.space, "the run worker was terminated")

    assert office.subjects == ["Acme: the refresh failed, it ended early"]


def test_a_refresh_that_was_killed_is_told_once(office: Office) -> None:
    for night in ("2026-06-30", "2026-07-01"):
        assert tell_killed(office.space, Unended("01A", f"{night}T03:00:00+00:00", is_running=False)) == []

    [letter] = office.box.letters
    assert letter["Subject"] == "Acme: the refresh failed, it ended early"
    assert "The refresh that began 2026-06-30 03:00 UTC left no result: it was interrupted" in letter.get_content()


def test_a_refresh_that_was_killed_after_it_published_is_no_news(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "served_if_whole", lambda _: _Served("01A", refresh_id="01A"))

    assert tell_killed(office.space, Unended("01A", "2026-06-30T03:00:00+00:00", is_running=False)) == []
    assert office.subjects == []


def test_the_next_refresh_tells_of_one_that_was_killed_before_it_tells_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "portfolio" / "feeds").mkdir(parents=True)
    (tmp_path / "portfolio" / "feeds" / "teams.csv").write_text("no column of a team\n1\n")
    (tmp_path / "portfolio" / "portfolio.yml").write_text(
        "name: acme\ntitle: Acme\nreporting_currency: EUR\nnotify: {alerts: [webhook]}\n"
    )
    (tmp_path / "homes" / "acme").mkdir(parents=True)
    begun = {"refresh_id": "01A", "began_at": "2026-06-30T03:00:00+00:00"}
    (tmp_path / "homes" / "acme" / "begun_refresh.json").write_text(json.dumps(begun))
    with webhook() as chat:
        monkeypatch.setenv("OUTCOMES_WEBHOOK", chat.url)
        said = [outcomes("refresh", home=tmp_path / "homes", portfolio=tmp_path / "portfolio") for _ in range(2)]

    assert ["left no result" in one.err for one in said] == [True, False]
    assert ["left no result" in post["text"] for post in chat.posts] == [True, False]


def test_a_first_refresh_that_works_is_no_news(office: Office) -> None:
    office.ended("published")

    assert office.subjects == []


def test_what_could_not_be_sent_is_said_and_sent_next_time(office: Office) -> None:
    office.box.refuses = True
    [problem] = office.ended("failed", COST)
    office.box.refuses = False
    assert "not today" in problem and len(office.chat.posts) == 1

    assert office.ended("failed", COST) == []
    assert len(office.box.letters) == 1 and len(office.chat.posts) == 1


def test_what_was_sent_is_its_owner_s_alone(office: Office) -> None:
    office.ended("failed", COST)

    assert (office.space.home / alerting.SENT).stat().st_mode & 0o777 == 0o600


def test_the_digest_of_a_version_is_sent_once_and_never_that_of_an_older_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = digest.Digest("Acme: 2 significant changes", "# Acme\n", "<h1>Acme</h1>")
    monkeypatch.setattr(alerting, "digest_of", lambda *_: made)
    for version in ("01A", "01B"):
        (office.space.home / "serve" / version).mkdir(parents=True)
    monkeypatch.setattr(alerting, "served_if_whole", lambda home: _Served((home / "serve" / "current").readlink().name))
    for version in ("01A", "01A", "01B", "01A", "01B"):
        (office.space.home / "serve" / "current").unlink(missing_ok=True)
        (office.space.home / "serve" / "current").symlink_to(version)
        office.ended("published")

    assert office.subjects == ["Acme: 2 significant changes"] * 2
    [plain, html] = office.box.letters[0].iter_parts()
    assert plain.get_content().strip() == "# Acme" and html.get_content().strip() == "<h1>Acme</h1>"


@dataclass
class _Served:
    version: str
    folder: Path = Path()
    refresh_id: str = ""


def test_without_channels_nothing_is_noted(tmp_path: Path) -> None:
    given = {"folder": tmp_path, "home": tmp_path, "key": None, "portfolio": declared()}

    assert follow_up(Workspace.model_validate(given)) == [] and not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["{", "[]", '{"alerts": {}}', '{"alerts": 1, "digest": 2}'])
def test_a_damaged_note_is_as_none(office: Office, text: str) -> None:
    (office.space.home / alerting.SENT).write_text(text)
    office.ended("failed", COST)

    assert len(office.box.letters) == 1


@pytest.mark.parametrize(
    ("record", "figure", "count"),
    [
        (COST, "Cost", 1),
        (COST | {"check_name": "cost_per_outcome_total"}, "Cost per outcome", 1),
        (COST | {"check_name": "nps", "suite": "lock"}, "Net promoter score", 1),
        (KEY, "Cost", None),
        (KEY | {"object_name": "stage.landing.ledger_entries", "suite": "gx"}, "Cost", None),
    ],
)
def test_the_figures_of_a_check_are_its_metric_s_or_those_made_of_its_table(
    record: dict[str, Any], figure: str, count: int | None
) -> None:
    found = affected(CheckRecord.model_validate(record))

    assert figure in found and (count is None or len(found) == count)


def test_a_table_of_tasks_alone_is_not_said_to_change_the_score_of_customers() -> None:
    found = affected(CheckRecord.model_validate(KEY | {"object_name": "core.fct_time_entries"}))

    assert "Net promoter score" not in found
