"""A tool's API on this machine: a standard-library HTTP server in a thread, with the faults that real ones show.

A vendor's fake answers from records that the test sets. Each request and each answer is compared with the vendor's own
description, so that the fake stays true to it.
"""

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from graphql import GraphQLSchema, build_schema, graphql_sync
from jsonschema import Draft202012Validator

FIRST_REFRESH_TOKEN = "a-planted-refresh-token-2284"
VENDORS = Path(__file__).parent / "vendors"
# what passes, so that a pull ends with every record
PASSING = ("429", "429 with a date", "403 with Retry-After", "500", "cut", "half", "empty", "shrinks", "slow")
# what no pull can be made of, with a word of the message
FATAL = {
    "500 always": "no answer",
    "no token": "there is more, and not where",
    "token twice": "the same page again",
    "401": "refused",
    "403": "may not read",
    "redirect": "redirects",
    "another shape": "another shape",
    "web page": "web page",
}


class Request(NamedTuple):
    """What was asked: query values as lists."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]

    def first(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


class Refused(Exception):
    """The fake's answer is an error."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status, self.body = status, body


class Fake:
    """A tool. `faults` are by number of the request, from 1; `plan` is what a subclass serves."""

    name = ""
    description: "Description | None" = None
    undescribed: tuple[str, ...] = ()  # ends of paths that the description lacks
    impossible: tuple[str, ...] = ()  # faults that this tool can't have

    def __init__(self) -> None:
        self.faults: dict[int, str] = {}
        self.requests: list[Request] = []
        self.wrong: list[str] = []  # what the description doesn't allow
        self.fault: str | None = None
        self.url = ""

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        """The body and headers of a good answer; raises Refused for another."""
        raise NotImplementedError

    def cut(self, count: int, start: int, size: int) -> tuple[int, int]:
        """The part [from, to) of a list that a page shows."""
        if self.fault == "empty":
            return start, start
        return start, min(count, start + (max(1, size // 2) if self.fault == "shrinks" else size))

    def token(self, at: int, given: str | None = None) -> str | None:
        """The token of the page that begins at a record; None if it is withheld."""
        if self.fault == "no token":
            return None
        return given if self.fault == "token twice" and given else f"{at}.{len(self.requests)}"

    def is_more(self, stop: int, count: int) -> bool:
        """Whether there is a next page."""
        return stop < count or self.fault in ("empty", "no token", "token twice")

    def handle(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        self.requests.append(request)
        fault = self.faults.get(len(self.requests), self.faults.get(0))
        self.fault = None if fault in self.impossible else fault
        headers = {"Content-Type": "application/json"}
        match self.fault:
            case "429" | "403 with Retry-After":
                return int(self.fault[:3]), b'{"message": "slower"}', headers | {"Retry-After": "7"}
            case "429 with a date":
                moment = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 9))
                return 429, b"{}", headers | {"Retry-After": moment}
            case "500" | "500 always":
                return 500, b"oops", headers
            case "401" | "403":
                text = f"no {request.headers.get('authorization', '')}"
                return int(self.fault), json.dumps({"message": text}).encode(), headers
            case "redirect":
                return 302, b"", headers | {"Location": "https://example.invalid/"}
            case "web page":
                return 200, b"<html>sign in</html>", {"Content-Type": "text/html"}
            case "another shape":
                return 200, b'{"issues": 7, "data": 7, "values": 7}', headers
            case "slow":
                time.sleep(0.01)
            case "stalls":
                time.sleep(0.5)
            case _:
                pass
        try:
            body, more = self.answer(request)
            status = 200
        except Refused as refused:
            body, more, status = refused.body, {}, refused.status
        is_described = status != 401 and not request.path.endswith(self.undescribed)
        if self.description is not None and is_described:
            self.wrong += self.description.wrong(request, status, body)
        return status, json.dumps(body).encode(), headers | more


class OAuthFake(Fake):
    """A tool whose access tokens end, and whose refresh tokens change with each use."""

    sign_in_path = "/token"
    outlived = 10**6  # requests that an access token is good for
    forgets = False  # a used refresh token is refused: real ones take it for a while, as the answer may get lost

    def __init__(self) -> None:
        super().__init__()
        self.refresh_tokens, self.access_token, self.left = [FIRST_REFRESH_TOKEN], "", 0

    def signed_in(self, request: Request) -> tuple[Any, dict[str, str]] | None:
        """The answer to a sign-in; None to any other request. Raises Refused without a valid access token."""
        if request.path == self.sign_in_path:
            known = self.refresh_tokens[-1:] if self.forgets else self.refresh_tokens
            given = request.body.get("refresh_token", request.body.get("code"))
            if given not in (*known, "a-code") or not request.headers.get("authorization", "").startswith("Basic "):
                raise Refused(400, {"error": "invalid_grant"})
            number = len(self.refresh_tokens)
            self.refresh_tokens.append(f"{FIRST_REFRESH_TOKEN}-{number}")
            self.access_token, self.left = f"access-{number}", self.outlived
            return {"access_token": self.access_token, "refresh_token": self.refresh_tokens[-1], "expires_in": 1800}, {}
        self.left -= 1
        if self.left < 0 or request.headers.get("authorization") != f"Bearer {self.access_token}":
            raise Refused(401, {"Title": "Unauthorized", "Detail": "TokenExpired"})
        return None


class Description:
    """A vendor's OpenAPI description: says what it doesn't allow of a request or an answer."""

    def __init__(self, path: Path, prefix: str = "") -> None:
        text = json.loads(path.read_text())
        self.paths, self.prefix, self.schemas = text["paths"], prefix, text.get("components", {}).get("schemas", {})
        # what `$ref` points to, in OpenAPI 3 and in Swagger 2
        self.shared = {
            name: _nullable(text[name]) for name in ("components", "definitions", "parameters") if name in text
        }

    def filled(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """A record of a schema: what is given, and the least that the schema requires besides."""
        schema = self.schemas[name]
        return {member: self._least(schema["properties"][member]) for member in schema.get("required", [])} | given

    def _least(self, schema: dict[str, Any]) -> Any:
        name = schema.get("$ref", "").rpartition("/")[2]
        node = self.schemas[name] if name else schema
        if node.get("nullable"):
            return None
        if node.get("enum"):
            return node["enum"][0]
        if node.get("type") == "object" or "properties" in node:
            return self.filled(name, {}) if name else {}
        return {"string": "https://example.invalid/", "array": []}.get(
            node.get("type", ""), 0 if node.get("type") in ("integer", "number") else False
        )

    def _operation(self, request: Request) -> dict[str, Any] | None:
        parts = request.path.removeprefix(self.prefix).split("/")
        for template, operations in self.paths.items():
            known = template.split("/")
            if len(known) == len(parts) and all(k.startswith("{") or k == p for k, p in zip(known, parts, strict=True)):
                return operations.get(request.method.lower())
        return None

    def wrong(self, request: Request, status: int, body: Any) -> list[str]:
        """What is wrong with a request and its answer."""
        where, operation = f"{request.method} {request.path}", self._operation(request)
        if operation is None:
            return [f"{where}: not described"]
        listed = [self._resolved(parameter) for parameter in operation.get("parameters", [])]
        declared = {parameter["name"] for parameter in listed if parameter["in"] == "query"}
        found = [f"{where}: no parameter {name}" for name in request.query if name not in declared]
        for parameter in listed:
            allowed = parameter.get("schema", {}).get("items", {}).get("enum")
            given = request.first(parameter["name"]).split(",") if allowed and request.first(parameter["name"]) else []
            found += [f"{where}: {parameter['name']} has no {value}" for value in given if value not in allowed]
        schema = self._schema(operation.get("requestBody", {})) or next(
            (parameter["schema"] for parameter in listed if parameter["in"] == "body"), None
        )
        if schema is not None:
            found += [f"{where}: {error}" for error in self._errors(schema, request.body)]
        answers = operation["responses"]
        answer = answers.get(str(status), answers.get("default"))
        if answer is None:
            return [*found, f"{where}: no answer {status}"]
        schema = self._schema(self._resolved(answer))
        return found + ([f"{where}: {error}" for error in self._errors(schema, body)] if schema is not None else [])

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in node:
            return node
        found: Any = self.shared
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return found

    def _schema(self, node: dict[str, Any]) -> dict[str, Any] | None:
        content = node.get("content") or ({"json": node} if "schema" in node else {})
        return next((_nullable(kind["schema"]) for name, kind in content.items() if "json" in name), None)

    def _errors(self, schema: dict[str, Any], value: Any) -> list[str]:
        whole = {"allOf": [schema], **self.shared}
        return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(whole).iter_errors(value)]


def _nullable(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's words."""
    if isinstance(node, list):
        return [_nullable(child) for child in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _nullable(value) for key, value in node.items()}
    return {"anyOf": [changed, {"type": "null"}]} if changed.pop("nullable", False) is True else changed


@cache
def _schema(name: str) -> GraphQLSchema:
    return build_schema((VENDORS / f"{name}.graphql").read_text())


def answered(name: str, request: Request, root: dict[str, Any]) -> Any:
    """The answer of a GraphQL server: a root's members are values, or functions of the query's arguments.

    It is executed against the vendor's schema, so that no query and no answer can differ from it.
    """
    query, variables = request.body["query"], request.body["variables"]
    found = graphql_sync(_schema(name), query, root, variable_values=variables)
    if found.errors:
        raise Refused(400, {"errors": [{"message": error.message} for error in found.errors]})
    return {"data": found.data}


def lines(name: str) -> list[Any]:
    """The records of a recording."""
    return [json.loads(line) for line in (VENDORS / name).read_text().splitlines()]


@cache
def described(name: str, prefix: str = "") -> Description:
    """A vendor's description, read once."""
    return Description(VENDORS / f"{name}.json", prefix)


@contextmanager
def running(fake: Fake) -> Generator[Fake]:
    """Serve a fake on a free port; its `url` is set."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None: ...

        def _reply(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length).decode()
            is_form = "form" in self.headers.get("Content-Type", "")
            body = (
                {name: values[0] for name, values in parse_qs(sent).items()} if is_form else json.loads(sent or "null")
            )
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, data, more = fake.handle(Request(self.command, parts.path, parse_qs(parts.query), body, headers))
            cut = data[: len(data) // 2] if fake.fault in ("cut", "half") else data
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data if fake.fault == "cut" else cut)))
            self.end_headers()
            self.wfile.write(cut)
            self.close_connection = fake.fault == "cut"

        do_GET = do_POST = _reply

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
