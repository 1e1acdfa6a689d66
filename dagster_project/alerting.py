"""What is sent after a refresh, once, whoever ran it: an alert where it fails in another way than before, and where it
works again; the digest of a version that was published.

It reads what a refresh left: its result and the served version. What was sent is noted in the home, before it is sent:
a message whose delivery is uncertain is not sent again.
"""

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dagster_project import lineage
from dagster_project.channels import ChannelError, Message, send
from dagster_project.home import NO_RESULT, Unended, last_refresh
from dagster_project.settings import Channel, Workspace
from expectations.records import CheckRecord
from serving import words
from serving.digest import digest_of
from serving.errors import ServingError
from serving.page import SHOWN
from serving.versions import served_if_whole
from sources.common import disk

SENT = "sent.json"  # what each channel was sent last: the state of an alert, the version of a digest
FINE = "fine"
MOST = 5  # checks that an alert spells out
REMEDIES = {
    "dbt": "correct the source's file or its mapping, then refresh",
    "gx": "correct the source if it is wrong, then refresh",
    "recomputation": "decide by the metric's definition which of both values is wrong",
    "lock": "if the change is intended, raise the metric's version and run `outcomes fingerprint`; else undo it",
    "landing": "correct the source's file or its mapping, then refresh",
}


def follow_up(space: Workspace, crash: str | None = None) -> list[str]:
    """Send what is due after a refresh; why something could not be sent. It never raises for a channel's sake.

    `crash`: why a refresh ended that could not leave its result.
    """
    notify = space.portfolio.notify
    if not notify.alerts and not notify.digest:
        return []
    try:
        with FileLock(space.home / ".sent.lock", timeout=0, mode=0o600), disk.private():
            sent = _Sent(space)
            state, alert = _alert(space, crash)
            problems = sent.once("alerts", notify.alerts, state, alert, at_first=state != FINE)
            version = served_if_whole(space.home)
            if version is not None and notify.digest and not crash:
                problems += sent.once(
                    "digest",
                    notify.digest,
                    version.version,
                    lambda: _digest(space, version.folder),
                    newer=True,
                )
            return problems
    except Timeout:  # another refresh's follow-up is just sending the same
        return []
    except (OSError, ServingError) as error:
        return [f"nothing was sent: {error}"]


def tell_killed(space: Workspace, before: Unended) -> list[str]:
    """Alert that the refresh before left no result; why it could not be sent. One that had published lacks its page
    alone, which the next refresh draws."""
    served = served_if_whole(space.home)
    if served is not None and served.refresh_id == before.refresh_id:
        return []
    began = datetime.fromisoformat(before.began)
    fix = "look for the out-of-memory killer or a restart in the system's log; the next refresh begins afresh."
    return follow_up(space, f"The refresh that began {began:%Y-%m-%d %H:%M} UTC {NO_RESULT} To fix: {fix}")


class _Sent:
    """What each channel was sent last."""

    def __init__(self, space: Workspace) -> None:
        self.space, self.path = space, space.home / SENT
        self.last: dict[str, dict[str, str]] = {"alerts": {}, "digest": {}}
        with suppress(OSError, ValueError, TypeError, KeyError):  # what can't be read is sent again
            found: Any = json.loads(self.path.read_text())
            self.last = {kind: dict(found[kind]) for kind in self.last}

    def once(
        self,
        kind: str,
        channels: Iterable[Channel],
        state: str,
        message: Callable[[], Message],
        *,
        at_first: bool = True,
        newer: bool = False,
    ) -> list[str]:
        """Send a message to each channel that was not sent this state last; what could not be sent.

        `at_first`: also to a channel that was sent nothing yet; `newer`: only a later state than the last.
        """
        problems: list[str] = []
        for channel in channels:
            before = self.last[kind].get(channel)
            if before == state or (newer and before is not None and before > state):
                continue
            self._note(kind, channel, state)
            if before is None and not at_first:
                continue
            try:
                send(self.space, channel, message())
            except ChannelError as error:
                self._note(kind, channel, before)
                problems.append(str(error))
        return problems

    def _note(self, kind: str, channel: Channel, state: str | None) -> None:
        if state is None:
            self.last[kind].pop(channel, None)
        else:
            self.last[kind][channel] = state
        disk.write(self.path, json.dumps(self.last, indent=2))


def _digest(space: Workspace, folder: Path) -> Message:
    made = digest_of(folder, page_of(space))
    return Message(made.subject, made.markdown, made.html)


def page_of(space: Workspace) -> str:
    """Where people open the page."""
    return space.portfolio.notify.page or (space.home / "index.html").as_uri()


def _alert(space: Workspace, crash: str | None) -> tuple[str, Callable[[], Message]]:
    """The state of the last refresh, and the message about it. The same checks failing again are the same state."""
    last = last_refresh(space.home) or {}
    title = space.portfolio.title
    if crash is None and last.get("outcome") in SHOWN:
        return FINE, lambda: Message(
            f"{title}: the refresh works again", f"The figures are up to date.\n\nPage: {page_of(space)}\n"
        )
    failing = [] if crash else [CheckRecord.model_validate(record) for record in last.get("failing") or []]
    said = crash or str(last.get("message") or "the refresh ended without a result")
    state = ", ".join(sorted(f"{record.suite}:{record.check_name}" for record in failing)) or re.sub(r"\d+", "#", said)
    return state, lambda: _failure(space, failing, said)


def _failure(space: Workspace, failing: list[CheckRecord], said: str) -> Message:
    """Which check failed on which table, which figures it is about, what was found, and what to do."""
    served = served_if_whole(space.home)
    portfolio = space.portfolio
    shown = (
        f"The figures shown are still those of {words.minute(served.as_of, portfolio.locale, portfolio.date_format)}."
        if served
        else "Nothing is served yet."
    )
    what = f"{words.plural(len(failing), 'check')} failed" if failing else "it ended early"
    lines = [f"Nothing was published. {shown}", "", *([] if failing else [said, ""])]
    for record in failing[:MOST]:
        figures = affected(record)
        lines += [
            f"- {record.check_name} ({record.suite}) on {record.object_name}",
            f"  - found: {record.observed or record.status}; expected: {record.expected or 'that it passes'}",
            *([f"  - rows: {words.number(record.failing_rows, portfolio.locale)}"] if record.failing_rows else []),
            f"  - figures: {_listed(figures) if figures else 'none is computed from it'}",
            f"  - to fix: see the rows with `outcomes check --rows {record.check_name}`; {_remedy(record)}",
        ]
    if len(failing) > MOST:
        lines.append(f"- and {words.plural(len(failing) - MOST, 'more check')}")
    lines += ["", f"Page: {page_of(space)}", ""]
    return Message(f"{portfolio.title}: the refresh failed, {what}", "\n".join(lines))


def _remedy(record: CheckRecord) -> str:
    return "refresh again, and look for an earlier error" if record.status == "missing" else REMEDIES[record.suite]


def _listed(labels: list[str]) -> str:
    if len(labels) == len(lineage.labels()):
        return "all"
    more = len(labels) - MOST
    return ", ".join(labels[:MOST]) + (f" and {more} more" if more > 0 else "")


def affected(record: CheckRecord) -> list[str]:
    """The labels of the metrics that a check is about."""
    labels = lineage.labels()
    return sorted(labels[name] for name in lineage.metrics_of(record))
