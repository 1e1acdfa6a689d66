"""One HTTP session with a tool: signs in, waits as told, tries again what passes, and stops at anything else."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from sources.errors import LandingError
from sources.fetching.walks import Listing, Part, member

T = TypeVar("T")
LONGEST_WAIT = 900.0  # seconds
TIMEOUT = (10, 120)  # seconds, to connect and between two bytes
LONGEST_REASON = 300  # characters of a tool's own words
_BACKOFF = wait_random_exponential(0.5, 60)
_TORN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


class _PassingError(Exception):
    """What may be over at the next attempt; `wait` in seconds, where the tool said how long."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class RefusedError(LandingError):
    """The tool understood, and refuses: it won't at another attempt either."""


class NotFoundError(RefusedError):
    """The tool knows nothing at this address."""


class Answer(msgspec.Struct):
    """A decoded body and what the headers said of the next page."""

    body: Any
    next: str | None


class Api:
    """The tool at one address. Raises LandingError, which never quotes a header, a body or a query.

    `calls`, `retries` and `waited` (seconds) count what was done.
    """

    def __init__(
        self,
        name: str,
        url: str,
        headers: dict[str, str],
        *,
        patience: float,
        hidden: tuple[str, ...] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name, self.url, self.patience, self.hidden, self.sleep = name, url, patience, hidden, sleep
        self.calls, self.retries, self.waited = 0, 0, 0.0
        self.renew: Callable[[], str] | None = None  # gives a new access token, where those end during a pull
        self.is_renewed = False  # nothing was asked with the token yet
        self.http = requests.Session()
        self.http.headers.update({"Accept": "application/json", "User-Agent": "outcome-warehouse"} | headers)
        self.http.auth = lambda request: request  # else a ~/.netrc would replace the sign-in

    def get(self, kind: type[T], path: str, **params: Any) -> T:
        """The body of a GET as `kind`."""
        return self.call(_as(kind), "GET", path, params=params).body

    def find(self, kind: type[T], path: str, **params: Any) -> T | None:
        """The body of a GET as `kind`; None if there is no such thing, or the token may not know of it."""
        try:
            return self.get(kind, path, **params)
        except NotFoundError:
            return None

    def post(self, kind: type[T], path: str, body: Any, **params: Any) -> T:
        """The body of a POST of a JSON body, as `kind`; only for questions, as it may be asked twice."""
        return self.call(_as(kind), "POST", path, json=body, params=params).body

    def value(self, name: str, path: str, body: Any = None, **params: Any) -> Any:
        """One member, such as `user.role`, of the answer to a GET or, with a JSON body, to a POST."""
        ask = {"params": params} | ({} if body is None else {"json": body})

        def read(content: bytes) -> Any:
            return msgspec.json.decode(member(content, name))

        return self.call(read, "GET" if body is None else "POST", path, **ask).body

    def part(self, listing: Listing, path: str, body: Any = None, headers: Any = None, **params: Any) -> Part:
        """A part of a list: the answer to a GET or, with a JSON body, to a POST."""
        ask = {"params": params, "headers": headers} | ({} if body is None else {"json": body})
        return self.call(listing.read, "GET" if body is None else "POST", path, **ask).body

    def graphql(self, listing: Listing, path: str, query: str, **variables: Any) -> Part:
        """A part of a list: the answer to a query in GraphQL, whose errors come with a good status, too."""

        def read(content: bytes) -> Part:
            if bytes(member(content, "errors?")) != b"null":
                said = self.shown(_words(msgspec.json.decode(content)))
                raise self.error("POST", path, f"the query was refused{said}.", _CHANGED)
            return listing.read(content)

        return self.call(read, "POST", path, json={"query": query, "variables": variables}).body

    def linked(self, path: str, address: str | None, **params: Any) -> Part:
        """A part of a list whose Link header gives the address of the next one; the last answer has none."""
        answer = self.call(Listing().read, "GET", address or path, params=None if address else params)
        return Part(answer.body.records, answer.next, answer.next is None)

    def call(self, read: Callable[[bytes], Any], method: str, path: str, **ask: Any) -> Answer:
        """Ask until there is an answer or `patience` is over. `path` may be a whole address on the same host.

        `read` decodes the body; it raises msgspec.ValidationError for a shape that it doesn't know.
        """
        address = self._address(method, path)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            given = error.wait if isinstance(error, _PassingError) else None
            return _BACKOFF(state) if given is None else given + random.random()

        def sleep(seconds: float) -> None:
            self.retries, self.waited = self.retries + 1, self.waited + seconds
            self.sleep(seconds)

        try:
            for attempt in Retrying(
                stop=lambda state: state.idle_for + state.upcoming_sleep > self.patience,
                wait=wait,
                sleep=sleep,
                reraise=True,
                retry=retry_if_exception_type(_PassingError),
            ):
                with attempt:
                    return self._once(read, method, address, ask)
        except _PassingError as error:
            raise self.error(
                method, address, f"no answer, although it was asked again for {self.patience:,.0f} seconds ({error}).",
                "try again later; what was fetched is kept, and the next fetch goes on from there.",
            ) from None  # fmt: skip
        raise AssertionError("unreachable")

    def _address(self, method: str, path: str) -> str:
        if path.startswith("/"):
            return self.url + path
        ours, theirs = urlsplit(self.url), urlsplit(path)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise self.error(method, path, f"the next page is said to be on another host, {theirs.netloc}.", _CHANGED)
        return path

    def _once(self, read: Callable[[bytes], Any], method: str, address: str, ask: dict[str, Any]) -> Answer:
        self.calls += 1
        if self.renew and "Authorization" not in self.http.headers:
            token = self.renew()
            self.hidden, self.is_renewed = (*self.hidden, token), True
            self.http.headers["Authorization"] = f"Bearer {token}"
        try:
            answer = self.http.request(method, address, timeout=TIMEOUT, allow_redirects=False, **ask)
        except requests.exceptions.SSLError:
            raise self.error(
                method, address, "its certificate can't be verified.",
                "check the address; behind a company's proxy, name its certificates in REQUESTS_CA_BUNDLE.",
            ) from None  # fmt: skip
        except _TORN as error:
            raise _PassingError(type(error).__name__) from None
        except requests.RequestException as error:
            raise self.error(method, address, f"it can't be asked ({type(error).__name__}).", "check `url`.") from None
        if answer.status_code == 401 and self.renew and not self.is_renewed:
            del self.http.headers["Authorization"]
            raise _PassingError("the access token has ended", 0)
        self._refuse(method, address, answer)
        self.is_renewed = False
        try:
            return Answer(read(answer.content), answer.links.get("next", {}).get("url"))
        except msgspec.ValidationError as error:
            raise self.error(
                method, address, f"the answer has another shape than expected: {error}.", _CHANGED
            ) from None
        except msgspec.DecodeError:
            kind_of_body = answer.headers.get("Content-Type", "")
            if "html" in kind_of_body:
                raise self.error(
                    method,
                    address,
                    "it answers with a web page, as where one must sign in.",
                    "check `url` and the token.",
                ) from None
            raise _PassingError("the answer was cut") from None

    def _refuse(self, method: str, address: str, answer: requests.Response) -> None:
        """Raises for any answer but a good one."""
        status = answer.status_code
        is_limit = status == 403 and (
            "Retry-After" in answer.headers or answer.headers.get("X-RateLimit-Remaining") == "0"
        )
        is_limit |= status == 400 and b'"RATELIMITED"' in answer.content
        if status == 429 or status >= 500 or is_limit:
            raise _PassingError(f"HTTP {status}", _wait(answer))
        if 300 <= status < 400:
            raise self.error(
                method, address, "it redirects to another address, where the token must not go.", "check `url`."
            )
        where, said = f"{self.name}: {method} {urlsplit(address).path}", f"(HTTP {status}{self._reason(answer)})"
        if status == 401:
            raise RefusedError(f"the token was refused {said}.", where, "give a valid token.")
        if status == 403:
            raise RefusedError(f"the token may not read this {said}.", where, "give its user the right to read it.")
        if status in (404, 410):
            raise NotFoundError(f"there is no such thing {said}.", where, "check its name.")
        if status >= 400:
            raise RefusedError(f"it refuses {said}.", where, "check the source's settings.")

    def _reason(self, answer: requests.Response) -> str:
        """The tool's own words, where it gives some in a known place."""
        with suppress(msgspec.DecodeError):
            return self.shown(_words(msgspec.json.decode(answer.content)))
        return ""

    def shown(self, words: str) -> str:
        """A tool's own words as part of a message, without secrets."""
        for word in self.hidden:
            words = words.replace(word, "…")
        return f": {' '.join(words.split())[:LONGEST_REASON]}" if words else ""

    def error(self, method: str, address: str, what: str, do: str) -> LandingError:
        """An error that names the source, the method and the path."""
        return LandingError(what, f"{self.name}: {method} {urlsplit(address).path}", do)

    def changed(self, what: str) -> LandingError:
        """An error for an answer that a whole pull can't be made of."""
        return LandingError(what, self.name, _CHANGED)


_CHANGED = "fetch again; if it stays, the tool has changed its API and the connector must follow."


def _as(kind: Any) -> Callable[[bytes], Any]:
    return partial(msgspec.json.decode, type=kind)


def _wait(answer: requests.Response) -> float | None:
    """Seconds that the tool asks to wait, at most LONGEST_WAIT; None where it doesn't say."""
    text = answer.headers.get("Retry-After", "").strip()
    if not text:
        reset = answer.headers.get("X-RateLimit-Reset", "")
        return min(max(0.0, int(reset) - time.time()), LONGEST_WAIT) if reset.isdigit() else None
    seconds = None
    with suppress(ValueError):
        seconds = float(text)
    if seconds is None:
        with suppress(ValueError):
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
    return None if seconds is None else min(max(0.0, seconds), LONGEST_WAIT)


def _words(body: Any) -> str:
    """The message in an error's body, in the shapes that tools use."""
    if not isinstance(body, dict):
        return ""
    for name in ("errorMessages", "errors", "message", "error_description", "description", "detail", "Detail", "error"):
        found: Any = body.get(name)
        if isinstance(found, list) and found:
            found = found[0]
        if isinstance(found, dict):
            found = found.get("message") or found.get("title")
        if isinstance(found, str) and found:
            return found
    return ""
