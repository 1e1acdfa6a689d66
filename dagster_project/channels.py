"""Sending a message by mail (SMTP) and to a chat's incoming webhook (Slack's form, which others take, too).

Secrets come from the environment through `settings`, and no message or error shows one.
"""

import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import requests

from dagster_project.settings import Channel, Workspace

SECONDS = 30  # that a server may take to answer


class ChannelError(Exception):
    """A message could not be sent; the message says where to, why and what to do."""


@dataclass(frozen=True)
class Message:
    """A message: its subject, its text (Markdown, plain enough to be read as it is), and the same as HTML."""

    subject: str
    text: str
    html: str | None = None


def send(space: Workspace, channel: Channel, message: Message) -> None:
    """Send a message. Raises ChannelError."""
    if channel == "mail":
        _mail(space, message)
    else:
        _post(space, message)


def sendable(space: Workspace, channels: Iterable[Channel]) -> None:
    """Raise ChannelError where a channel lacks its secret."""
    for channel in channels:
        if channel == "webhook" and space.webhook is None:
            raise ChannelError("webhook: its address is not given. To fix: set OUTCOMES_WEBHOOK.")
        mail = space.portfolio.notify.mail
        if channel == "mail" and mail is not None and mail.user is not None and space.smtp_password is None:
            raise ChannelError(f"mail: {mail.user} needs a password. To fix: set OUTCOMES_SMTP_PASSWORD.")


def _mail(space: Workspace, message: Message) -> None:
    mail = space.portfolio.notify.mail
    assert mail is not None  # settings hold this
    sendable(space, ["mail"])
    letter = EmailMessage()
    letter["Subject"] = " ".join(message.subject.split())
    letter["From"], letter["To"] = mail.sender, ", ".join(mail.to)
    letter["Date"], letter["Message-ID"] = formatdate(localtime=True), make_msgid(domain=mail.sender.rpartition("@")[2])
    letter.set_content(message.text)
    if message.html is not None:
        letter.add_alternative(message.html, subtype="html")
    where = f"mail by {mail.host}:{mail.port}"
    try:
        context = ssl.create_default_context()
        connect = (
            smtplib.SMTP_SSL(mail.host, mail.port, timeout=SECONDS, context=context)
            if mail.security == "tls"
            else smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
        )
        with connect as server:
            if mail.security == "starttls":
                server.starttls(context=context)
            if mail.user is not None and space.smtp_password is not None:
                server.login(mail.user, space.smtp_password.get_secret_value())
            server.send_message(letter)
    except smtplib.SMTPAuthenticationError as error:
        raise ChannelError(
            f"{where}: {mail.user} could not sign in ({error.smtp_code}). To fix: correct notify.mail.user or "
            "OUTCOMES_SMTP_PASSWORD."
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(
            f"{where}: {_in_one_line(error)}. To fix: correct notify.mail in portfolio.yml, or wait for the server."
        ) from None


def _post(space: Workspace, message: Message) -> None:
    sendable(space, ["webhook"])
    assert space.webhook is not None
    try:
        # a redirect would take the secret in its address elsewhere
        answer = requests.post(
            space.webhook.get_secret_value(),
            json={"text": f"{message.subject}\n\n{message.text}"},
            timeout=SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:  # its text has the address, which is a secret
        raise ChannelError(
            f"webhook: it can't be reached ({type(error).__name__}). To fix: correct OUTCOMES_WEBHOOK, or wait for it."
        ) from None
    if answer.status_code >= 300:
        raise ChannelError(f"webhook: it answered {answer.status_code}. To fix: correct OUTCOMES_WEBHOOK.")


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
