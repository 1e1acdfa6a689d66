"""Connecting a tool: its settings, a person's consent, what its secret sees, and its entry in portfolio.yml."""

from collections.abc import Callable, Mapping, Sequence
from secrets import token_urlsafe
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from dagster_project import yaml_file
from dagster_project.catalog import by_lack, feeds_given, feeds_of
from dagster_project.fetching import chosen
from dagster_project.settings import PortfolioError, Workspace, parse_portfolio
from sources.common import disk
from sources.connectors import VENDORS
from sources.fetching.source import ApiSource, OAuthSource

KINDS = sorted(str(vendor.model_fields["type"].annotation.__args__[0]) for vendor in VENDORS)  # type: ignore[union-attr]


def with_entry(space: Workspace, name: str, kind: str | None, given: Sequence[str]) -> tuple[Workspace, str | None]:
    """The portfolio with a source of this name, and the new text of portfolio.yml; None if the source is in it.

    `given` are its settings, as `key=value`. Raises PortfolioError.
    """
    declared = {source.name for source in space.portfolio.sources}
    if name in declared and not kind and not given:
        return space, None
    if name in declared:
        raise PortfolioError(
            f"portfolio.yml has a source {name}. To fix: change it there, and leave out --type and --set."
        )
    if kind not in (*KINDS, "files"):
        wrong = f"--type {kind}: there is no such tool" if kind else f"portfolio.yml has no source {name}"
        raise PortfolioError(f"{wrong}. To fix: say what it is with --type {'|'.join(KINDS)}.")
    path = (space.folder / "portfolio.yml").resolve()
    entries = [{"name": name, "type": kind} | dict(map(_setting, given))]
    default = space.portfolio.sources[0]
    if "sources" not in space.portfolio.model_fields_set and (feeds := sorted(feeds_of(space, default))):
        entries.insert(0, {"name": default.name, "feeds": feeds})
    try:
        text = yaml_file.with_items(path.read_text(encoding="utf-8-sig"), "sources", entries)
    except yaml_file.YamlError as error:
        block = yaml_file.block(entries).replace("\n", "\n  ")
        raise PortfolioError(
            f"{path}: {error.what}. To fix: write it one source after the other, each beginning with a dash, and add\n"
            f"  {block}"
        ) from error
    changed = space.model_copy(update={"portfolio": parse_portfolio(yaml.safe_load(text), path)})
    for source in space.portfolio.sources if "sources" in space.portfolio.model_fields_set else ():
        if feeds_of(space, source) != feeds_of(changed, source):
            feeds = ", ".join(sorted(feeds_of(space, source)))
            raise PortfolioError(
                f"{path}: beside another one, source {source.name} must say what it provides. "
                f"To fix: give it `feeds: [{feeds}]`."
            )
    return changed, text


def _setting(given: str) -> tuple[str, Any]:
    key, equals, value = given.partition("=")
    if not equals:
        raise PortfolioError(f"--set {given}: it has no value. To fix: write --set {given}=…")
    try:
        return key, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise PortfolioError(f"--set {key}: its value is not YAML. To fix: put it in quotes.") from error


def sign_in(space: Workspace, source: ApiSource, show: Callable[[str], None], ask: Callable[[str], str]) -> None:
    """Let a person consent, where the tool wants that and nobody did yet. `ask` doesn't show what it reads."""
    from sources.fetching import oauth

    secrets = space.secrets_of(source)
    if not isinstance(source, OAuthSource) or source.is_its_own_user or secrets.find(oauth.REFRESH):
        return
    secrets.get(source.secret)
    state = token_urlsafe(16)
    show(f"Open this address, consent, and copy the address that it leads to, which begins with {source.redirect_url}")
    show(oauth.consent(source, state))
    said = ask("The address, or the code in it")
    answer: Mapping[str, list[str]] = parse_qs(urlsplit(said).query)
    if "code" in answer and answer.get("state") != [state]:
        raise PortfolioError(
            "that address answers another question. To fix: open the address shown above, and copy where it leads."
        )
    oauth.redeem(source, secrets, answer.get("code", [said])[0], sleep)


def seen(space: Workspace, name: str) -> tuple[list[str], bool]:
    """What a source's secret sees, in lines, and whether that is all that is wanted. Raises LandingError."""
    from sources.fetching.fetch import session

    (source,) = chosen(space, name)
    api = session(source, space.secrets_of(source))
    scope = sorted(source.scope(api))
    missing = sorted(set(source.wanted() or ()) - set(scope))
    said = [
        f"{source.name}: {source.url or 'it'} answers"
        + (f", and the {source.secret} is valid." if source.secret != "credentials" else "."),
        f"It sees {', '.join(scope) or 'nothing'}.",
    ]
    if missing:
        said.append(f"It does not see {', '.join(missing)}. To fix: give its user access, or correct the names.")
    said += [f"{key}: {value}" for key, value in source.counts(api).items()]
    feeds = feeds_of(space, source)
    filled = f"the feeds {', '.join(sorted(feeds))}" if feeds else "no feed yet: write a mapping, feeds/<feed>.sql"
    said.append(f"It fills {filled}.")
    complete = by_lack(feeds_given(space)).get((), [])
    measured = [metric.label for metric in complete if feeds & set(metric.meta.feeds)]
    said.append(f"Metrics that read them and have all their feeds: {' · '.join(measured) or 'none'}.")
    return said, bool(scope) and not missing


def write(space: Workspace, text: str) -> None:
    """Write portfolio.yml."""
    disk.write_shared((space.folder / "portfolio.yml").resolve(), text)
