"""Mail and webhook: what arrives at a real server, and what is said where one refuses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dagster_project.channels import ChannelError, Message, send
from dagster_project.settings import Portfolio, PortfolioError, Workspace, parse_portfolio
from tests.receivers import HOST, PASSWORD, USER, Chat, Mailbox, free_port, mail_server, webhook

MESSAGE = Message("Acme: the refresh\nfailed", "- cost_by_team\n", "<p>cost_by_team</p>")


def declared(**notify: Any) -> Portfolio:
    """A portfolio that sends messages."""
    return Portfolio.model_validate({"name": "acme", "title": "Acme", "reporting_currency": "EUR", "notify": notify})


def space(mail: dict[str, Any] | None = None, password: str | None = None, hook: str | None = None) -> Workspace:
    """A workspace with what the environment gives."""
    given = {"sender": "outcomes@acme.example", "to": ["ada@acme.example", "bo@acme.example"], "host": HOST}
    return Workspace.model_validate(
        {
            "folder": Path(),
            "home": Path(),
            "key": None,
            "portfolio": declared(**({"mail": given | mail} if mail else {})),
            "smtp_password": password,
            "webhook": hook,
        }
    )


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server(tmp_path / "server.pem") as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        yield found


@pytest.fixture
def chat() -> Iterator[Chat]:
    with webhook() as found:
        yield found


def test_a_mail_has_the_text_and_the_html_and_goes_to_all(box: Mailbox) -> None:
    send(space({"port": box.port, "security": "none"}), "mail", MESSAGE)

    [letter] = box.letters
    assert letter["To"] == "ada@acme.example, bo@acme.example" and letter["From"] == "outcomes@acme.example"
    assert letter["Subject"] == "Acme: the refresh failed"
    plain, html = letter.iter_parts()
    assert plain.get_content().split() == ["-", "cost_by_team"] and "<p>cost_by_team</p>" in html.get_content()


def test_a_user_signs_in_once_the_connection_is_encrypted(secured: Mailbox) -> None:
    send(space({"port": secured.port, "user": USER}, PASSWORD), "mail", MESSAGE)

    assert len(secured.letters) == 1


def test_a_wrong_password_is_said_but_not_shown(secured: Mailbox) -> None:
    with pytest.raises(ChannelError, match=r"reports could not sign in \(535\). To fix:") as error:
        send(space({"port": secured.port, "user": USER}, "wr0ng"), "mail", MESSAGE)

    assert "wr0ng" not in str(error.value)


def test_a_server_that_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    with mail_server(tmp_path / "server.pem") as box, pytest.raises(ChannelError, match="CERTIFICATE_VERIFY_FAILED"):
        send(space({"port": box.port, "user": USER}, PASSWORD), "mail", MESSAGE)


def test_a_refused_mail_and_a_server_that_is_down_are_said(box: Mailbox) -> None:
    box.refuses = True
    with pytest.raises(ChannelError, match="not today"):
        send(space({"port": box.port, "security": "none"}), "mail", MESSAGE)
    with pytest.raises(ChannelError, match=r"Connection refused. To fix: correct notify.mail"):
        send(space({"port": free_port(), "security": "none"}), "mail", MESSAGE)


def test_a_webhook_gets_subject_and_text(chat: Chat) -> None:
    send(space(hook=chat.url), "webhook", MESSAGE)

    assert chat.posts == [{"text": "Acme: the refresh\nfailed\n\n- cost_by_team\n"}]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_is_said_without_its_address(chat: Chat, status: int) -> None:
    chat.status = status
    with pytest.raises(ChannelError, match=f"it answered {status}") as error:
        send(space(hook=chat.url), "webhook", MESSAGE)

    assert "s3cret" not in str(error.value) and chat.posts == []


def test_a_webhook_that_is_down_is_said_without_its_address() -> None:
    with pytest.raises(ChannelError, match="can't be reached") as error:
        send(space(hook=f"http://{HOST}:{free_port()}/s3cret"), "webhook", MESSAGE)

    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "name"),
    [(space({"port": 25, "user": USER}), "OUTCOMES_SMTP_PASSWORD"), (space(), "OUTCOMES_WEBHOOK")],
    ids=["mail", "webhook"],
)
def test_a_secret_that_is_missing_is_named(given: Workspace, name: str) -> None:
    with pytest.raises(ChannelError, match=f"To fix: set {name}"):
        send(given, "webhook" if given.portfolio.notify.mail is None else "mail", MESSAGE)


@pytest.mark.parametrize(
    ("notify", "said"),
    [
        ({"alerts": ["mail"]}, "it needs mail"),
        ({"mail": {"host": "smtp", "sender": "a@b", "to": []}}, "must not be an empty list"),
        ({"mail": {"host": "smtp", "sender": "nobody", "to": ["a@b"]}}, "'nobody' is not a mail address"),
        ({"mail": {"host": "smtp", "sender": "a@b", "to": ["a@b"], "security": "none"}}, "on this machine"),
        ({"page": "ftp://x"}, "is not a web address"),
        ({"digest": ["fax"]}, "must be 'mail' or 'webhook'"),
    ],
)
def test_a_wrong_setting_is_said_in_words(notify: dict[str, Any], said: str) -> None:
    content = {"name": "acme", "title": "Acme", "reporting_currency": "EUR", "notify": notify}
    with pytest.raises(PortfolioError, match="To fix") as error:
        parse_portfolio(content, Path("portfolio.yml"))

    assert said in str(error.value)
