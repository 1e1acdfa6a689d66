"""The registry of connectors: a new vendor adds its settings here, and changes nothing else outside its folder."""

from typing import TYPE_CHECKING, Annotated, Any, Union
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Discriminator

from sources.config import FileSource
from sources.feedback.intercom import IntercomSource
from sources.feedback.posthog import PostHogSource
from sources.feedback.typeform import TypeformSource
from sources.feedback.zendesk import ZendeskSource
from sources.fetching.source import ApiSource
from sources.finance.quickbooks import QuickBooksSource
from sources.finance.stripe import StripeSource
from sources.finance.xero import XeroSource
from sources.others.dlt import DltSource
from sources.others.objects import STORES, ObjectSource
from sources.tasks.asana import AsanaSource
from sources.tasks.azure_devops import AzureDevOpsSource
from sources.tasks.github import GitHubSource
from sources.tasks.gitlab import GitLabSource
from sources.tasks.jira import JiraSource
from sources.tasks.linear import LinearSource

VENDORS: tuple[type[ApiSource], ...] = (
    *(JiraSource, GitHubSource, AzureDevOpsSource, LinearSource, GitLabSource, AsanaSource),
    *(StripeSource, XeroSource, QuickBooksSource),
    *(ZendeskSource, IntercomSource, TypeformSource, PostHogSource),
)


def _typed(given: Any) -> Any:
    """A source without a type is a folder of files; files at an address are fetched."""
    if not isinstance(given, dict):
        return given
    named = {"type": "files", **given}
    is_remote = named["type"] == "files" and urlsplit(str(named.get("path"))).scheme in (*STORES, "http", "https")
    return named | {"type": "objects"} if is_remote else named


if TYPE_CHECKING:
    Source = FileSource | ApiSource
else:
    Source = Annotated[Union[(FileSource, *VENDORS, DltSource, ObjectSource)], Discriminator("type")]
Declared = Annotated[Source, BeforeValidator(_typed)]
