"""Typeform: responses to the questions that the settings name."""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sources.fetching.source import ApiSource, Stream, Window
from sources.fetching.walks import Listing, Part, each, marked, texts

if TYPE_CHECKING:
    from sources.fetching.api import Api

RESPONSES = Listing("items")
SURVEYS = Literal["nps", "csat", "ces", "enps", "approval", "team_health"]


def _ordered(scale: tuple[int, int]) -> tuple[int, int]:
    if scale[0] >= scale[1]:
        raise ValueError("the least answer must be below the greatest")
    return scale


class Question(BaseModel):
    """A question of a form, and what its answers mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str = Field(pattern=r"^\w+$", description="Id of the form, as in its address")
    question: str = Field(description="Id or reference of the question, which is answered by a number")
    survey_type: SURVEYS = Field(description="Kind of survey, such as nps")
    scale: Annotated[tuple[int, int], AfterValidator(_ordered)] | None = Field(
        default=None, description="Least and greatest answer; of nps and enps 0 and 10"
    )
    higher_is_better: bool = Field(default=True, description="A greater answer is better")
    comment: str | None = Field(default=None, description="Id or reference of a question in words that goes with it")
    product: str | None = Field(default=None, description="Id of the product that is asked about")
    team: str | None = Field(default=None, description="Id of the team that is asked about")

    @model_validator(mode="after")
    def _has_scale(self) -> "Question":
        if self.scale is None and self.survey_type not in ("nps", "enps"):
            raise ValueError(f"scale: a question of the kind {self.survey_type} needs one, such as [1, 5]")
        return self


class TypeformSource(ApiSource):
    """Forms of a Typeform account."""

    type: Literal["typeform"] = Field(description="Kind of source")
    url: str = Field(
        default="https://api.typeform.com", description="Address of the API, https; api.eu.typeform.com in Europe"
    )
    questions: tuple[Question, ...] = Field(min_length=1, description="The questions that are read")
    customer: str | None = Field(default=None, description="Hidden field that holds the customer's id")
    respondent: str | None = Field(default=None, description="Hidden field that holds the id of who answers")

    asks: ClassVar = ("questions",)
    maps: ClassVar = ("customer", "respondent")
    folder: ClassVar = Path(__file__).parent
    overlap: ClassVar = timedelta(hours=2)  # a response may be listed half an hour after it was given
    rights: ClassVar = "a personal access token with the scopes forms:read and responses:read"

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms whose questions are read."""
        return tuple(sorted({question.form for question in self.questions}))

    def scope(self, api: "Api") -> list[str]:
        """The forms that the token sees."""
        return [form for form in self.forms if api.find(msgspec.Raw, f"/forms/{form}") is not None]

    def wanted(self) -> tuple[str, ...]:
        """The forms whose questions are read."""
        return self.forms

    def counts(self, api: "Api") -> dict[str, str]:
        """The number of responses to each form."""
        return {form: f"{api.value('total_items', f'/forms/{form}/responses', page_size=1):,}" for form in self.forms}

    def mapping_settings(self) -> dict[str, Any]:
        """The questions as JSON, beside the rest."""
        asked = [question.model_dump() | {"scale": question.scale or (0, 10)} for question in self.questions]
        return super().mapping_settings() | {"questions": json.dumps(asked)}


def _forms(api: "Api", source: TypeformSource) -> tuple[str, ...]:  # noqa: ARG001
    return source.forms


def _responses(api: "Api", source: TypeformSource, window: Window, form: str, before: Any) -> Part:  # noqa: ARG001
    """Completed responses, which never change, the latest first. The end is an empty page."""
    asked: dict[str, Any] = {"page_size": 1000, "response_type": "completed"} | ({"before": before} if before else {})
    part = api.part(RESPONSES, f"/forms/{form}/responses", **asked | ({"since": window.iso} if window.iso else {}))
    last = texts(part.records[-1:], "token")
    return Part(marked(part.records, form=form), last[0] if last else None, not last)


TypeformSource.streams = (Stream("responses", ("form", "record"), each("responses", _forms, _responses)),)
