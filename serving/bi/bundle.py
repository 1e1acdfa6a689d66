"""The dashboard for Apache Superset as a ZIP to import, for one portfolio."""

import io
import json
import re
import zipfile
from pathlib import Path
from uuid import UUID, uuid5

DEFINITIONS = Path(__file__).parent / "superset"
UUID_TEXT = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
# the placeholders for the portfolio's names
DATABASE_URI = "duckdb:////srv/outcomes/mine/serve/current/warehouse.duckdb"
DATABASE_NAME = "database_name: Outcome Warehouse\n"
DASHBOARD_TITLE = "dashboard_title: Did what we delivered create value?\n"
SLUG = "slug: outcomes\n"


def superset_bundle(warehouse: Path, portfolio: str, title: str) -> bytes:
    """The ZIP with database, datasets, charts and dashboard, which read the file `warehouse`.

    `portfolio` is its name, `title` its name for people. Each portfolio has its own ids, so one Superset can show
    several; a newer bundle of the same portfolio replaces the older one.
    """
    files = sorted(DEFINITIONS.rglob("*.yaml"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            name = f"outcomes/{path.relative_to(DEFINITIONS).as_posix()}"
            entry = zipfile.ZipInfo(name)  # no timestamp: the same portfolio gives the same bundle
            archive.writestr(entry, _of_portfolio(path.read_text(encoding="utf-8"), warehouse, portfolio, title))
    return packed.getvalue()


def _of_portfolio(text: str, warehouse: Path, portfolio: str, title: str) -> str:
    """A definition's text with the portfolio's file, names and ids."""
    # YAML takes a JSON string as it is
    text = text.replace(DATABASE_URI, f"duckdb:///{warehouse.absolute()}")
    text = text.replace(DATABASE_NAME, f"database_name: {json.dumps(f'Outcome Warehouse, {title} ({portfolio})')}\n")
    text = text.replace(
        DASHBOARD_TITLE, f"dashboard_title: {json.dumps(f'{title}: did what we delivered create value?')}\n"
    )
    text = text.replace(SLUG, f"slug: outcomes-{portfolio}\n")
    return UUID_TEXT.sub(lambda found: str(uuid5(UUID(found[0]), portfolio)), text)
