"""A real mail server and a real chat's webhook for the tests, on this machine, that keep what they receive."""

import json
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST, USER, PASSWORD = "127.0.0.1", "reports", "p4ss-of-mail"


@dataclass
class Mailbox:
    """What a mail server received, and how it can be reached."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list[EmailMessage])
    refuses: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002
        """Take a letter, or refuse it."""
        if self.refuses:
            return "554 not today"
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # pyright: ignore
        return "250 OK"


@contextmanager
def mail_server(certificate: Path | None = None) -> Generator[Mailbox]:
    """A mail server; with a certificate (made into that file) it wants STARTTLS, and USER with PASSWORD."""
    box = Mailbox(free_port())
    secured: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        make_certificate(certificate)
        context.load_cert_chain(certificate)
        secured = {"tls_context": context, "require_starttls": True, "authenticator": _knows, "auth_required": True}
    controller = Controller(box, hostname=HOST, port=box.port, **secured)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


@dataclass
class Chat:
    """What a webhook received, and its address with its secret."""

    url: str
    posts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    status: int = 200


@contextmanager
def webhook() -> Generator[Chat]:
    """A chat's incoming webhook."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if chat.status == 200:
                chat.posts.append(json.loads(body))
            self.send_response(chat.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(b"ok")

        def do_GET(self) -> None:
            chat.posts.append({"redirected": self.path})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:  # pyright: ignore
            return

    server = HTTPServer((HOST, 0), Handler)
    chat = Chat(f"http://{HOST}:{server.server_port}/services/T0/s3cret-of-chat")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def make_certificate(path: Path) -> None:
    """Write a certificate of this machine, signed by itself, with its key, into one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
