"""A YAML file with the line of each of its keys, so that a message about a value can say where it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml

Place = tuple[str, ...]  # the keys, and the positions in lists, that lead to a value


class YamlError(Exception):
    """A file is not YAML, or says something twice; `line` counts from 1, None where it isn't known."""

    def __init__(self, what: str, line: int | None) -> None:
        super().__init__(what)
        self.what, self.line = what, line


class _Loader(yaml.SafeLoader):
    """Gives a value that Python can't hold, such as 30 February, its place in the file."""

    places: dict[int, Place]  # by the id of a node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            kind = "day or time" if node.tag.endswith(":timestamp") else node.tag.rpartition(":")[2]
            raise _at(node, self.places[id(node)], f"there is no such {kind} as {str(node.value)[:40]}") from error


def read(path: Path) -> tuple[Any, Mapping[Place, int]]:
    """The content of a file and the line of each place in it. Raises YamlError or OSError."""
    content = path.read_bytes()
    try:
        loader = _Loader(content.decode("utf-8-sig"))
        loader.places = {}
        lines: dict[Place, int] = {}
        node = loader.get_single_node()
        if node is None:
            return None, lines
        _note(node, (), lines, loader.places)
        return loader.construct_document(node), lines
    except UnicodeDecodeError as error:
        raise YamlError("a character is not UTF-8", content[: error.start].count(b"\n") + 1) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(
            f"this is not YAML: {error.problem or error.context}", mark.line + 1 if mark else None
        ) from error
    except yaml.YAMLError as error:  # a character that YAML doesn't allow
        raise YamlError(f"this is not YAML: {str(error).partition(chr(10))[0]}", None) from error
    except RecursionError as error:
        raise YamlError("it is nested too deeply", None) from error


def line_of(place: Place, lines: Mapping[Place, int]) -> int:
    """The line of a place; of the nearest around it, where it is not in the file."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _at(node: yaml.Node, place: Place, problem: str) -> YamlError:
    return YamlError(f"{'.'.join(place) or 'file'}: {problem}", node.start_mark.line + 1)


def _note(node: yaml.Node, place: Place, lines: dict[Place, int], places: dict[int, Place]) -> None:
    """Note where everything in a node is. Raises YamlError for a key that is given twice."""
    if id(node) in places:  # an alias
        return
    places[id(node)] = place
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            _note(item, (*place, str(position)), lines, places)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                raise _at(key, inner, f"it is given twice, first in line {lines[inner]}")
            lines[inner] = key.start_mark.line + 1
            _note(key, inner, lines, places)
            _note(value, inner, lines, places)
    elif any("\ud800" <= character <= "\udfff" for character in node.value):
        raise _at(node, place, "it has half of a character (a surrogate)")


def block(items: Sequence[Mapping[str, Any]]) -> str:
    """A list of items as lines, without the last line's end."""
    return yaml.safe_dump(list(items), sort_keys=False, allow_unicode=True, width=10_000).rstrip("\n")


def with_items(text: str, key: str, items: Sequence[Mapping[str, Any]]) -> str:
    """A file's text with more items at the end of a list, at `key` of its mapping; all else stays as it is written.

    Raises YamlError if the list isn't written one item after the other.
    """
    root, lines = yaml.compose(text, yaml.SafeLoader), text.splitlines(keepends=True)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    listed = next((value for name, value in pairs if name.value == key), None)
    if listed is None:
        return f"{text.rstrip()}\n\n{key}:\n{indent(block(items), '  ')}\n"
    if not isinstance(listed, yaml.SequenceNode) or listed.flow_style:
        raise YamlError(f"{key} is not a list of lines, so that nothing can be added to it", listed.start_mark.line + 1)
    end = _last_line(listed)
    if not lines[end].endswith("\n"):
        lines[end] += "\n"
    return "".join([*lines[: end + 1], indent(block(items), " " * listed.start_mark.column) + "\n", *lines[end + 1 :]])


def _last_line(node: yaml.Node) -> int:
    """The number of the last line of a node, from 0; the mark at its end is behind what follows it."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return max(map(_last_line, last if isinstance(last, tuple) else [last]))
    is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return node.end_mark.line - (1 if is_block else 0)
