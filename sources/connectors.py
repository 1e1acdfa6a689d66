"""The registry of connectors: a new vendor adds its settings here, and changes nothing else outside its folder."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator

from sources.config import FileSource
from sources.feedback.zendesk import ZendeskSource
from sources.finance.stripe import StripeSource
from sources.finance.xero import XeroSource
from sources.tasks.azure_devops import AzureDevOpsSource
from sources.tasks.github import GitHubSource
from sources.tasks.gitlab import GitLabSource
from sources.tasks.jira import JiraSource
from sources.tasks.linear import LinearSource

VENDORS = (
    JiraSource,
    GitHubSource,
    AzureDevOpsSource,
    LinearSource,
    GitLabSource,
    StripeSource,
    XeroSource,
    ZendeskSource,
)


def _typed(given: Any) -> Any:
    """A source without a type is a folder of files."""
    return {"type": "files", **given} if isinstance(given, dict) else given


Source = Annotated[
    FileSource
    | JiraSource
    | GitHubSource
    | AzureDevOpsSource
    | LinearSource
    | StripeSource
    | XeroSource
    | ZendeskSource,
    Discriminator("type"),
]
Declared = Annotated[Source, BeforeValidator(_typed)]
