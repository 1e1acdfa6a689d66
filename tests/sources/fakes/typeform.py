"""A fake Typeform, as its pages describe the API of responses."""

from datetime import UTC, datetime
from typing import Any

from tests.sources.fakes.server import Fake, Refused, Request

QUESTIONS = [
    {"form": "aBc1", "question": "q-nps", "survey_type": "nps", "comment": "why"},
    {"form": "aBc1", "question": "q-ease", "survey_type": "ces", "scale": [1, 7], "product": "shop"},
    {"form": "xYz2", "question": "q-nps", "survey_type": "enps"},
]


class FakeTypeform(Fake):
    """Two forms with responses, the latest first."""

    name = "typeform"
    size = 3
    impossible = ("empty", "no token")  # an empty page is the end, and the last response says where the next begins

    def __init__(self) -> None:
        super().__init__()
        self.forms = ["aBc1", "xYz2"]
        self.responses: dict[str, dict[str, Any]] = {}
        for day in range(1, 10):
            self.put(self.forms[day % 2], datetime(2025, 4, day, tzinfo=UTC), day)

    def put(self, form: str, now: datetime, score: int) -> None:
        """Add a response; the first question may stay open, and the second is for those of one form."""
        number = len(self.responses) + 1
        answers: list[dict[str, Any]] = [
            {"field": {"id": "f1", "ref": "q-nps", "type": "opinion_scale"}, "type": "number", "number": score},
            {"field": {"id": "why", "ref": "x", "type": "long_text"}, "type": "text", "text": "Because"},
            {"field": {"id": "q-ease", "ref": "y", "type": "rating"}, "type": "number", "number": 1 + score % 7},
        ]
        self.responses[f"t{number}"] = {
            "form": form, "token": f"t{number}", "response_id": f"t{number}", "submitted_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "hidden": {"account": f"c{number % 3}"}, "answers": answers if number != 2 else None,
        }  # fmt: skip

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.put("aBc1", now, 9)

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.responses["t5"]
        return "survey_responses"

    def lose_scope(self) -> str:
        """What the token no longer sees."""
        return self.forms.pop()

    def truth(self, stream: str) -> set[str]:  # noqa: ARG002
        """What identifies the records of a whole pull."""
        return set(self.responses)

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise Refused(401, {"code": "AUTHENTICATION_FAILED", "description": "Authentication credentials not found"})
        _, _, form, *path = request.path.split("/")
        if form not in self.forms:
            raise Refused(404, {"code": "FORM_NOT_FOUND", "description": "Non existing form with uid"})
        if not path:
            return {"id": form, "title": "How are we doing?"}, {}
        known = [
            r for r in self.responses.values() if r["form"] == form and r["submitted_at"] >= request.first("since")
        ]
        known.sort(key=lambda response: response["submitted_at"], reverse=True)
        before = "" if self.fault == "token twice" else request.first("before")
        start = 1 + [response["token"] for response in known].index(before) if before else 0
        start, stop = self.cut(len(known), start, self.size)
        listed = [{k: v for k, v in r.items() if k != "form"} for r in known[start:stop]]
        return {"total_items": len(known) - start, "page_count": 1, "items": listed}, {}
