"""The page's script: the ES modules of `js/` as one text, as the page loads no files and allows scripts by hash.

Each module becomes a function that returns its exports and runs once, after the modules that it imports. Only named
imports of other modules and exports of declarations are supported; anything else is an error.
"""

import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from posixpath import dirname, join, normpath

FOLDER = Path(__file__).parent / "js"
IMPORT = re.compile(r"^import \{(?P<names>[^}]*)\} from '(?P<path>\.[^']*)';$", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|class|function) (?P<name>\w+))", re.MULTILINE)
# lines that are only a comment, and the indentation: a quarter of the text
COMMENT = re.compile(r"^[ ]*(?://.*|/\*\*[\s\S]*?\*/)\n", re.MULTILINE)
INDENT = re.compile(r"^[ ]+", re.MULTILINE)
MODULE_SYNTAX = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


class ScriptError(Exception):
    """A module of the page's script uses an import or export that isn't supported."""


@cache
def script(folder: Path = FOLDER) -> str:
    """All modules below `folder` as one script. Raises ScriptError, or CycleError where modules import each other."""
    texts = {
        path.relative_to(folder).as_posix(): INDENT.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))
        for path in folder.rglob("*.js")
    }
    needs = {
        name: [_target(name, found["path"]) for found in IMPORT.finditer(text)] for name, text in sorted(texts.items())
    }
    if lacking := {target for targets in needs.values() for target in targets} - texts.keys():
        raise ScriptError(f"there is no module {', '.join(sorted(lacking))}")
    order = TopologicalSorter(needs).static_order()
    modules = "\n".join(f"modules['{name}'] = (() => {{\n{_body(name, texts[name])}}})();" for name in order)
    return f"(() => {{\n'use strict';\nconst modules = {{}};\n{modules}\n}})();\n"


def _body(name: str, text: str) -> str:
    """A module's statements, with what it imports taken from other modules, and what it exports returned."""
    exported = [found["name"] for found in EXPORT.finditer(text)]
    body = IMPORT.sub(lambda found: _taken(name, found), EXPORT.sub("", text))
    if strange := MODULE_SYNTAX.search(body):
        raise ScriptError(f"{name}: `{strange[0]}` is neither a named import nor an exported const, class or function")
    return f"{body}return {{ {', '.join(exported)} }};\n"


def _taken(name: str, found: re.Match[str]) -> str:
    names = re.sub(r" as ", ": ", " ".join(found["names"].split()))
    return f"const {{ {names} }} = modules['{_target(name, found['path'])}'];"


def _target(name: str, path: str) -> str:
    return normpath(join(dirname(name), path))
