"""An S3 on this machine: moto's server, over HTTP, with the faults that real stores show."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from threading import Thread
from typing import Any

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

DENIED = b"<Error><Code>AccessDenied</Code><Message>a-planted-token-7391</Message></Error>"


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None: ...


class Objects:
    """A bucket. `faults` are by number of the request, from 1; 0 is every one. `meanwhile` is run before a file is sent."""

    def __init__(self, name: str) -> None:
        self.name, self.url = name, ""
        self.faults: dict[int, str] = {}
        self.asked: list[str] = []
        self.meanwhile: Callable[[], None] | None = None
        self.app = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_USER_AGENT", "").startswith("Boto3"):
            return self.app(environ, start)
        self.asked.append(environ["PATH_INFO"])
        fault = self.faults.get(len(self.asked), self.faults.get(0))
        is_file = environ["PATH_INFO"].count("/") > 2
        if fault == "denied":
            start("403 Forbidden", [("Content-Type", "application/xml")])
            return [DENIED]
        if fault == "500":
            start("500 Internal Server Error", [])
            return [b"oops"]
        if is_file and self.meanwhile:
            self.meanwhile, then = None, self.meanwhile
            then()
        body = b"".join(self.app(environ, start))
        return self._half(body) if fault == "cut" and is_file else [body]

    def _half(self, body: bytes) -> Generator[bytes]:
        """Less than the header says, and then the connection ends."""
        yield body[: len(body) // 2]
        raise ConnectionError

    def put(self, key: str, text: str) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=text.encode())

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=key)

    @property
    def files(self) -> list[str]:
        """The files that were asked for."""
        return [path for path in self.asked if path.count("/") > 2]

    @property
    def client(self) -> Any:
        return boto3.client("s3", endpoint_url=self.url)


ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "a-planted-token-7391", "AWS_REGION": "us-east-1"}


@contextmanager
def running(objects: Objects, set_env: Callable[[str, str], None]) -> Generator[Objects]:
    """Serve a bucket on a free port, with an environment in which SDKs find it."""
    server = make_server("127.0.0.1", 0, objects, threaded=True, request_handler=Quiet)
    objects.url = f"http://127.0.0.1:{server.server_port}"
    more = {"AWS_ENDPOINT_URL": objects.url, "AWS_ALLOW_HTTP": "true", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in {**ENVIRONMENT, **more}.items():
        set_env(name, value)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        objects.client.create_bucket(Bucket=objects.name)
        yield objects
    finally:
        server.shutdown()
        server.server_close()
