"""QuickBooks Online: the postings of the general ledger, and its accounts."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec
from pydantic import Field

from sources.fetching.source import OAuthSource, Stream, Window
from sources.fetching.walks import Listing, Part, pages

if TYPE_CHECKING:
    from sources.fetching.api import Api

VERSION = {"minorversion": 75}
COLUMNS = ("tx_date", "txn_type", "doc_num", "memo", "klass_name", "dept_name", "debt_amt", "credit_amt")
ACCOUNTS = Listing("QueryResponse.Account?")
CUT = "Unable to display more data"  # what a report of more than 400,000 cells ends with
AT_ONCE = 1000


class Row(msgspec.Struct):
    """A posting, or a section: an account (in `Header`) with its postings, and those of its sub-accounts."""

    ColData: list[dict[str, str]] = []
    Header: dict[str, list[dict[str, str]]] = {}
    Rows: dict[str, "list[Row]"] = {}


class Column(msgspec.Struct):
    ColType: str
    MetaData: list[dict[str, str]] = []


class Report(msgspec.Struct):
    Header: dict[str, msgspec.Raw]
    Columns: dict[str, list[Column]]
    Rows: dict[str, list[Row]]


class QuickBooksSource(OAuthSource):
    """A company of QuickBooks Online."""

    type: Literal["quickbooks"] = Field(description="Kind of source")
    url: str = Field(default="https://quickbooks.api.intuit.com", description="Address of the API, https")
    sign_in_url: str = Field(
        default="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        description="Address at which tokens are refreshed, https",
    )
    company: str = Field(pattern=r"^\d+$", description="Id of the company (realm)")
    open_months: int = Field(
        default=3, ge=1, le=120, description="Months, up to the current one, that an increment reads again"
    )
    teams: dict[str, str] = Field(
        default_factory=dict, description="Ids of teams, such as jira:ABC, by the classes or locations that mean them"
    )
    initiatives: dict[str, str] = Field(default_factory=dict, description="Ids of initiatives, by class or location")
    products: dict[str, str] = Field(default_factory=dict, description="Ids of products, by class or location")

    asks: ClassVar = ("company", "open_months")
    maps: ClassVar = ("teams", "initiatives", "products")
    folder: ClassVar = Path(__file__).parent
    consent_url: ClassVar = "https://appcenter.intuit.com/connect/oauth2"
    scopes: ClassVar = "com.intuit.quickbooks.accounting"
    rights: ClassVar = f"an app with the scope {scopes}, and the consent of the company's administrator"

    @property
    def here(self) -> str:
        """The path of the company."""
        return f"/v3/company/{self.company}"

    def scope(self, api: "Api") -> list[str]:
        """The company, if it was consented to."""
        found = api.find(msgspec.Raw, f"{self.here}/companyinfo/{self.company}", **VERSION)
        return [] if found is None else [self.company]

    def wanted(self) -> tuple[str, ...]:
        """The company."""
        return (self.company,)


def _month(day: date, later: int = 0) -> date:
    """The first day of a month, or of one so many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


def _postings(api: "Api", source: QuickBooksSource, window: Window, month: str | None) -> Part:
    """The postings of one month. The first is the company's, that of `since` or, of an increment, an open one's."""
    now, since = _month(window.started_at.date()), source.since or date.min
    if month:
        first = date.fromisoformat(month)
    elif window.kind == "increment":
        first = _month(max(_month(now, 1 - source.open_months), since))
    elif source.since:
        first = _month(since)
    else:
        path = f"{source.here}/companyinfo/{source.company}"
        first = _month(date.fromisoformat(api.value("CompanyInfo.CompanyStartDate", path, **VERSION)[:10]))
    found = list(_between(api, source, first, _month(first, 1) - timedelta(days=1)))
    return Part(found, _month(first, 1).isoformat(), first >= now)


def _between(api: "Api", source: QuickBooksSource, first: date, last: date) -> Iterator[bytes]:
    """The report of some days, as one record per posting; of fewer days at once, where it would be cut off."""
    asked = VERSION | {"start_date": first.isoformat(), "end_date": last.isoformat(), "accounting_method": "Accrual"}
    report = api.get(Report, f"{source.here}/reports/GeneralLedger", columns=",".join(COLUMNS), **asked)
    columns = report.Columns.get("Column", [])
    keys = [next((m["Value"] for m in c.MetaData if m.get("Name") == "ColKey"), c.ColType) for c in columns]
    postings = list(_flat(report.Rows.get("Row", []), {}))
    if not any(cell.get("value", "").startswith(CUT) for _, cells in postings for cell in cells):
        for account, cells in postings:
            row = dict(zip(keys, cells, strict=False))
            yield msgspec.json.encode({"account": account, "currency": report.Header.get("Currency"), "row": row})
    elif first == last:
        raise api.changed(f"{first} has more postings than the report of a day shows.")
    else:
        middle = first + (last - first) // 2
        yield from _between(api, source, first, middle)
        yield from _between(api, source, middle + timedelta(days=1), last)


def _flat(rows: list[Row], account: dict[str, str]) -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
    for row in rows:
        if row.ColData:
            yield account, row.ColData
        here = next(iter(row.Header.get("ColData", [])), {})
        yield from _flat(row.Rows.get("Row", []), here if here.get("id") else account)


def _accounts(api: "Api", source: QuickBooksSource, window: Window, start: int | None) -> Part:  # noqa: ARG001
    """All accounts, each time, inactive ones too. The end is an empty page."""
    query = f"select * from Account where Active in (true, false) startposition {start or 1} maxresults {AT_ONCE}"
    part = api.part(ACCOUNTS, f"{source.here}/query", query=query, **VERSION)
    return Part(part.records, (start or 1) + len(part.records), not part.records)


QuickBooksSource.streams = (
    Stream("postings", ("account", "currency", "row"), pages("postings", _postings)),
    Stream(
        "accounts", ("Id", "Name", "FullyQualifiedName", "Classification", "AccountType"), pages("accounts", _accounts)
    ),
)
