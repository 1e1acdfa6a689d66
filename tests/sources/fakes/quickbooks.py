"""A fake QuickBooks Online, as its pages describe the report of the general ledger and queries."""

from datetime import UTC, date, datetime
from typing import Any

from tests.sources.fakes.server import OAuthFake, Refused, Request

COMPANY = "4620816365"


class FakeQuickBooks(OAuthFake):
    """Transactions by day, each an income and money in the bank. A report shows `limit` postings at most."""

    name = "quickbooks"
    size = 2
    # a report has no pages, and of a list of accounts an empty page is the end
    impossible = ("empty", "no token", "token twice")

    def __init__(self) -> None:
        super().__init__()
        self.companies = [COMPANY]
        self.limit = 6
        self.accounts = {
            "1": ("Checking", "Asset", "Bank"),
            "79": ("Sales", "Revenue", "Income"),
            "80": ("Old", "Expense", "Expense"),
        }
        self.transactions: list[dict[str, Any]] = []
        for day in (
            date(2025, 3, 2),
            date(2025, 3, 20),
            date(2025, 4, 8),
            date(2025, 4, 9),
            date(2025, 4, 9),
            date(2025, 4, 9),
        ):
            self.post(day, 10.25 * day.day)

    def post(self, day: date, amount: float) -> None:
        """Add an invoice that is paid at once."""
        self.transactions.append({"id": str(len(self.transactions) + 1), "day": day, "amount": f"{amount:.2f}"})

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.post(now.date(), 99.5)
        self.transactions[3]["amount"] = "5.00"

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.transactions[1]
        return "ledger_entries"

    def lose_scope(self) -> str:
        """What was no longer consented to."""
        return self.companies.pop()

    def truth(self, stream: str) -> set[str]:
        """What identifies the records of a whole pull."""
        if stream == "accounts":
            return set(self.accounts)
        balance = {
            key: {"value": "" if nth else "Beginning Balance"}
            for nth, key in enumerate(self._cells("1", self.transactions[0]))
        }
        return {str(balance)} | {str(self._cells(name, t)) for name in ("1", "79") for t in self.transactions}

    def _cells(self, account: str, transaction: dict[str, Any]) -> dict[str, Any]:
        amount = transaction["amount"]
        return {
            "tx_date": {"value": transaction["day"].isoformat()}, "txn_type": {"value": "Invoice", "id": transaction["id"]},
            "memo": {"value": ""}, "klass_name": {"value": "North", "id": "5"},
            "debt_amt": {"value": amount if account == "1" else ""}, "credit_amt": {"value": "" if account == "1" else amount},
        }  # fmt: skip

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if (granted := self.signed_in(request)) is not None:
            return granted
        company, path = request.path.removeprefix("/v3/company/").split("/", 1)
        if company not in self.companies or request.first("minorversion") != "75":
            raise Refused(404, {"Fault": {"Error": [{"Message": "no such company"}]}})
        match path.split("/"):
            case ["companyinfo", _]:
                return {"CompanyInfo": {"CompanyName": "Acme", "CompanyStartDate": "2025-02-10"}}, {}
            case ["reports", "GeneralLedger"]:
                return self._report(
                    date.fromisoformat(request.first("start_date")), date.fromisoformat(request.first("end_date"))
                ), {}
            case _:
                start = int(request.first("query").partition("startposition ")[2].split()[0]) - 1
                start, stop = self.cut(len(self.accounts), start, self.size)
                listed = [
                    {"Id": i, "Name": n, "Classification": c, "AccountType": t}
                    for i, (n, c, t) in self.accounts.items()
                ][start:stop]
                return {"QueryResponse": {"Account": listed} if listed else {}, "time": f"{datetime.now(UTC)}"}, {}

    def _report(self, first: date, last: date) -> dict[str, Any]:
        """Accounts as sections, the bank below another one; each begins with its balance."""
        known = [t for t in self.transactions if first <= t["day"] <= last]
        keys = list(self._cells("1", self.transactions[0]))
        sections: list[dict[str, Any]] = []
        for account in ("1", "79") if known else ():
            rows = [{"ColData": list(self._cells(account, t).values()), "type": "Data"} for t in known]
            balance = {"ColData": [{"value": "Beginning Balance"}, *({"value": ""} for _ in keys[1:])], "type": "Data"}
            header = {"ColData": [{"value": self.accounts[account][0], "id": account}]}
            sections.append(
                {
                    "Header": header,
                    "Rows": {"Row": [balance, *rows]},
                    "Summary": {"ColData": [{"value": "Total"}]},
                    "type": "Section",
                }
            )
        if 2 * len(known) > self.limit:
            sections = [
                {"ColData": [{"value": "Unable to display more data. Please reduce the date range."}], "type": "Data"}
            ]
        elif sections:
            sections[0] = {
                "Header": {"ColData": [{"value": "Bank", "id": "0"}]},
                "Rows": {"Row": [sections[0]]},
                "type": "Section",
            }
        columns = [
            {"ColType": "String", "ColTitle": key, "MetaData": [{"Name": "ColKey", "Value": key}]} for key in keys
        ]
        head = {"ReportName": "GeneralLedger", "Currency": "EUR"}
        return {"Header": head, "Columns": {"Column": columns}, "Rows": {"Row": sections} if sections else {}}
