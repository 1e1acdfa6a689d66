"""CSV files of any country: how one is written is seen in it where it is unambiguous, else declared in portfolio.yml.

DuckDB reads the records. A file that it can't take as it is (another encoding than UTF-8, lines above the header,
lines below the records) is first copied to scratch, in UTF-8 and without those lines.
"""

import codecs
import csv
import gzip
import io
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
from pyarrow import csv as arrow_csv

from sources.config import FileLimits
from sources.errors import LandingError, UndeclaredError
from sources.files import RawFile, files_entry
from sources.workbooks import joined

SUFFIXES = (".csv", ".tsv")
CHUNK = 1 << 20
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_SEP_LINE = re.compile(r"sep=(.)[ \t]*(?:\r\n|\n|\r|$)")
_BOMS = {  # the longer first
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# the encodings of one byte per character that spreadsheets of Europe, and old ones of DOS and Mac OS, write
_ONE_BYTE = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp850", "cp852", "mac-roman")
_SPOKEN = {"cp850": "DOS (cp850)", "cp852": "DOS (cp852)", "mac-roman": "Mac OS Roman", "iso8859-1": "Latin-1"}
_WORDS = re.compile(rb"(?:[A-Za-z]|[^\x00-\x7f])*[^\x00-\x7f](?:[A-Za-z]|[^\x00-\x7f])*")
_MOST_WORDS = 5_000  # that an encoding is judged by
_NOT_A_NAME = re.compile(r"[-+(]?[\d.,' ]*\d[)%]?|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*")


@dataclass(frozen=True)
class Csv:
    """How a CSV file is written: `header` are the lines of its column names, counted from 1; none if it is empty."""

    separator: str
    encoding: str
    header: tuple[int, ...]
    columns: tuple[str, ...]
    first_line: int  # of the first record
    end: str  # of a record
    footer: int = 0

    @property
    def words(self) -> str:
        """The same in words, such as `semicolon, Windows-1252, header in line 4`."""
        said = [SEPARATORS.get(self.separator, repr(self.separator)), spoken(self.encoding)]
        match self.header:
            case ():
                said.append("no header")
            case (1,):
                pass
            case (line,):
                said.append(f"header in line {line}")
            case lines:
                said.append(f"header in lines {min(lines)} to {max(lines)}")
        if self.footer:
            said.append(f"without the last {self.footer} lines" if self.footer > 1 else "without the last line")
        return ", ".join(said)

    @property
    def is_as_duckdb_reads_it(self) -> bool:
        """Whether DuckDB can read the file itself, a header line first."""
        is_first = self.header == (1,) and self.first_line == 2  # one line, by which DuckDB sees how lines end
        return self.encoding == "utf-8" and is_first and not self.footer


def spoken(encoding: str) -> str:
    """An encoding's name as people know it."""
    name = re.sub(r"-[LB]E$", "", encoding.upper()).replace("ISO8859", "ISO-8859")
    return _SPOKEN.get(encoding) or re.sub(r"^CP(?=125)", "Windows-", name)


@contextmanager
def opened(raw: RawFile) -> Generator[IO[bytes]]:
    """The bytes of a file, unpacked. Raises LandingError if the gzip file is damaged."""
    try:
        with gzip.open(raw.path) if raw.is_gzip else raw.path.open("rb") as stream:
            yield cast(IO[bytes], stream)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LandingError(
            f"the gzip file is truncated or damaged ({error}).", raw.relative, "download or compress it again."
        ) from error


def chunks(raw: RawFile, limits: FileLimits) -> Iterator[bytes]:
    """All bytes of a file, unpacked, in parts. Raises LandingError if it is damaged or too large."""
    size = line = 0
    with opened(raw) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            first = min((at for end in b"\n\r" if (at := chunk.find(end)) >= 0), default=len(chunk))
            if line + first > limits.record and raw.suffix in SUFFIXES:  # DuckDB would drop it
                raise LandingError(
                    f"it has a line longer than {limits.record.human_readable()}.",
                    raw.relative,
                    "check that it is a CSV file; if it is, raise file_limits.record in portfolio.yml.",
                )
            line = line + first if first == len(chunk) else len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            if size > limits.unpacked:
                raise LandingError(
                    f"it is larger than {limits.unpacked.human_readable()}, unpacked.",
                    raw.relative,
                    "check that it is the right file; if it is, raise file_limits.unpacked in portfolio.yml.",
                )
            yield chunk


def how_written(raw: RawFile, limits: FileLimits) -> Csv:
    """How a file is written, from its settings and from itself. Reads the whole file.

    Raises LandingError if the file is empty, damaged or too large, or is ambiguous: it says what to declare.
    """
    encoding = _encoding_of(raw, limits)
    head, is_all = _head(raw, encoding, CHUNK)
    said = _SEP_LINE.match(head)
    if said is None and not is_all and not re.search(r"[\r\n]", head):
        head, is_all = _head(raw, encoding, limits.record)
        if not is_all and not re.search(r"[\r\n]", head):
            raise LandingError(
                f"its first line is longer than {limits.record.human_readable()}.",
                raw.relative,
                "check that it is a CSV file; if it is, raise file_limits.record.",
            )
    if not head.strip("\ufeff\r\n \t"):
        raise LandingError("it has no column names.", raw.relative, "export it again, or put the last good file back.")
    if said:
        head = head[said.end() :]
    skipped, given = 1 if said else 0, raw.settings
    declared = given.separator or (said[1] if said else None) or ("\t" if raw.suffix == ".tsv" else None)
    choices = (declared,) if declared else tuple(s for s in SEPARATORS if s in head) or (",",)
    if given.header is None:
        found = _choose(raw, [_shape(head, s, given.quote, given.footer, is_all=is_all) for s in choices], skipped)
    else:
        found = _declared(raw, head, choices, skipped, is_all)
    if len(found.names) > limits.columns:
        raise LandingError(
            f"it has {len(found.names):,} columns, more than {limits.columns:,}.",
            raw.relative,
            "export only the columns that you need, or raise file_limits.columns.",
        )
    lines = tuple(line + skipped for line in found.lines)
    first = found.first_line + skipped
    end = _end(head, found.first_line - 1)
    return Csv(found.separator, encoding, lines, tuple(found.names), first, end, given.footer)


def _end(head: str, line: int) -> str:
    """The characters that end a line, or the last one for line 0: those within quotes may differ from a record's."""
    ends = re.findall(r"\r\n|\n|\r", head)
    return (ends[line - 1] if line <= len(ends) else ends[-1]) if ends else "\n"


def _head(raw: RawFile, encoding: str, size: int) -> tuple[str, bool]:
    """The text of a file's first bytes, and whether it is the whole text."""
    with opened(raw) as stream:
        first = stream.read(size + 1)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return decoder.decode(first[:size], final=len(first) <= size).removeprefix("\ufeff"), len(first) <= size


# encoding


def _encoding_of(raw: RawFile, limits: FileLimits) -> str:
    """The encoding of a file: declared, or as its bytes show. Raises LandingError if they don't show it."""
    with opened(raw) as stream:
        start = stream.read(4)
    if not start:
        raise LandingError("the file is empty.", raw.relative, "export it again, or put the last good file back.")
    marked = next((name for bom, name in _BOMS.items() if start.startswith(bom)), None)
    zeros = [at for at, byte in enumerate(start) if not byte]
    wide = "utf-16-le" if zeros == [1, 3] else "utf-16-be" if zeros == [0, 2] else None
    declared = raw.settings.encoding
    if declared in ("utf-8-sig", "utf-16", "utf-32"):
        declared = marked or wide or declared.removesuffix("-sig")
    if known := marked or declared or wide:
        return _checked(raw, known, limits)
    words = _words_beyond_utf8(raw, limits)
    return "utf-8" if words is None else _one_byte_encoding(raw, words, limits)


def _checked(raw: RawFile, encoding: str, limits: FileLimits) -> str:
    """The encoding, after reading the whole file in it. Raises LandingError naming the line that is not in it."""
    decoder, lines = codecs.getincrementaldecoder(encoding)(), 0
    try:
        for chunk in chunks(raw, limits):
            lines += decoder.decode(chunk).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line = lines + error.object[: error.start].count("\n".encode(encoding)) + 1
        raise LandingError(
            f"line {line} is not {spoken(encoding)}.",
            raw.relative,
            "export it again, or declare its encoding in portfolio.yml: " + files_entry(raw, "encoding: cp1252"),
        ) from error
    return encoding


def _words_beyond_utf8(raw: RawFile, limits: FileLimits) -> set[bytes] | None:
    """The words with bytes beyond ASCII of a file that is not UTF-8; None if it is. Reads the whole file."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks(raw, limits):
            if not chunk.isascii() or decoder.getstate()[0]:
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        pass
    else:
        return None
    words: set[bytes] = set()
    for chunk in chunks(raw, limits):
        if not chunk.isascii() and len(words) < _MOST_WORDS:
            words |= {word for word in _WORDS.findall(chunk) if len(word) < 64}
    return words


def _one_byte_encoding(raw: RawFile, words: set[bytes], limits: FileLimits) -> str:
    """The encoding in which all words are words, if there is one, or if all such give the same text.

    Raises LandingError otherwise, with the character that would differ.
    """
    readings: dict[str, list[str]] = {}
    for name in _ONE_BYTE:
        try:
            texts = [word.decode(name) for word in sorted(words)]
        except UnicodeDecodeError:
            continue
        if all(_is_word(text) for text in texts):
            readings[name] = texts
    if readings and len({tuple(texts) for texts in readings.values()}) == 1:
        return _checked(raw, next(iter(readings)), limits)  # it was judged by some words only
    what = "it is not UTF-8, and doesn't show in which encoding it is"
    if len(readings) > 1:
        (one, texts), *others = readings.items()
        other = next(name for name, found in others if found != texts)
        a, b = next(
            (x, y) for t, u in zip(texts, readings[other], strict=True) for x, y in zip(t, u, strict=True) if x != y
        )
        what += f": a character is {a} in {spoken(one)}, {b} in {spoken(other)}"
    likely = next(iter(readings), "cp1252")
    raise UndeclaredError(
        f"{what}.",
        raw.relative,
        "save it as UTF-8, or declare its encoding in portfolio.yml: " + files_entry(raw, f"encoding: {likely}"),
        {"encoding": likely},
    )


def _is_word(text: str) -> bool:
    """Whether a word is one of a language: letters of one script, no sign or capital amid small letters."""
    kinds = [unicodedata.category(char) for char in text]
    if any(kind in ("Cc", "Cn", "Co") for kind in kinds):
        return False
    scripts = {unicodedata.name(c, "?").split()[0] for c, kind in zip(text, kinds, strict=True) if kind[0] == "L"}
    if len(scripts - {"FEMININE", "MASCULINE", "MICRO"}) > 1:
        return False
    if len(text) == 1:
        return kinds[0] != "Lu"  # a sign, or a word such as à
    for at, (char, kind) in enumerate(zip(text, kinds, strict=True)):
        before, after = kinds[at - 1] if at else "", kinds[at + 1] if at + 1 < len(text) else ""
        if char.isascii() or char in "’‘´`·­":
            continue
        if kind[0] != "L" and before.startswith("L") and after.startswith("L"):
            return False
        if kind == "Lu" and before.startswith("L") and (after == "Ll" or before == "Ll"):
            return False
    return True


# separator and header

_BROKEN = ["", "", ""]  # the values of a record that can't be read


@dataclass(frozen=True)
class _Shape:
    """The records of a file's start as one separator divides them."""

    separator: str
    lines: tuple[int, ...]  # of the column names
    names: Sequence[str]
    first_line: int
    above: int  # records above the header that are no titles, or -1 where there is no header
    titles: int
    is_even: bool  # each record below the header is as wide as it
    likely: int  # the line that may be the header, if there is none


def _records(head: str, separator: str, quote: str, *, is_all: bool) -> Iterator[tuple[int, int, list[str]]]:
    """First line, last line and values of each record, also of empty ones; a broken one is `_BROKEN`, and the last."""
    csv.field_size_limit(1 << 28)
    quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    text = io.StringIO(head, newline="")
    rows = csv.reader(text, delimiter=separator, quotechar=quote or None, quoting=quoting, strict=True)
    first, held = 1, None
    try:
        for row in rows:
            if held:
                yield held
            held = (first, rows.line_num, row)
            first = rows.line_num + 1
    except csv.Error:
        if held:
            yield held
        yield first, first, _BROKEN
        return
    if held and is_all:
        yield held


def _shape(head: str, separator: str, quote: str, footer: int, *, is_all: bool) -> _Shape:
    """The shape by itself: the header is the first record of the usual width, and titles have one value each."""
    rows = [row for row in islice(_records(head, separator, quote, is_all=is_all), 20_000) if row[2]]
    if is_all and footer:
        rows = rows[:-footer]
    if not rows:
        return _Shape(separator, (), [], 1, -1, 0, False, 1)
    widths = Counter(len(values) for *_, values in rows if values is not _BROKEN) or Counter([1])
    width = widths.most_common(1)[0][0]  # the first of those that are equally common
    titles = 0
    for *_, values in rows:
        if (width > 1 and len(values) == 1) or (width > 2 and len(values) == width and sum(map(bool, values)) < 2):
            titles += 1
        else:
            break
    at = next((i for i, (*_, values) in enumerate(rows) if len(values) == width and i >= titles), titles)
    if at >= len(rows):
        at = titles = 0
    first, last, names = rows[at]
    body = rows[at + 1 :]
    if names is _BROKEN:
        names = []
    return _Shape(
        separator,
        (first,),
        names,
        last + 1,
        at - titles,
        titles,
        all(len(values) == width and values is not _BROKEN for *_, values in body),
        first,
    )


def _choose(raw: RawFile, shapes: list[_Shape], skipped: int) -> _Shape:
    """The one shape that the file can have. Raises LandingError if it may have several, or none."""
    wide = [shape for shape in shapes if len(shape.names) > 1]
    plain = [shape for shape in wide if not shape.above and not shape.titles]
    titled = [s for s in wide if len(s.names) > 2 and not s.above and s.titles and s.is_even and _are_names(s.names)]
    for fit in ([s for s in plain if s.is_even], plain, titled):
        if len(fit) == 1:
            return fit[0]
        if fit:
            one, other = (SEPARATORS.get(s.separator, s.separator) for s in fit[:2])
            raise UndeclaredError(
                f"its values may be separated by {one} or by {other}.",
                raw.relative,
                "declare which in portfolio.yml: " + files_entry(raw, f"separator: {fit[0].separator!r}"),
                {"separator": fit[0].separator},
            )
    if not wide:
        return shapes[0]
    line = wide[0].likely + skipped
    raise LandingError(
        f"it doesn't show which line has the column names; line {line} may.",
        raw.relative,
        "declare it in portfolio.yml: " + files_entry(raw, f"header: {line}"),
    )


def _are_names(values: Sequence[str]) -> bool:
    given = [value.strip().lower() for value in values if value.strip()]
    return len(set(given)) == len(given) and not any(_NOT_A_NAME.fullmatch(value) for value in given)


def _declared(raw: RawFile, head: str, choices: tuple[str, ...], skipped: int, is_all: bool) -> _Shape:
    """The shape with the declared header lines. Raises LandingError if the file has no such lines."""
    wanted = [line - skipped for line in raw.settings.header or ()]
    shapes: list[_Shape] = []
    for separator in choices:
        rows = list(islice(_records(head, separator, raw.settings.quote, is_all=is_all), 20_000))
        if wanted[0] <= 0:
            body = [values for *_, values in rows if values and values is not _BROKEN]
            names = [""] * max(map(len, body[:1]), default=0)
            shapes.append(_Shape(separator, (), names, 1, 0, 0, len({len(v) for v in body}) == 1, 1))
            continue
        header = [row for row in rows if wanted[0] <= row[0] <= wanted[-1]]
        if not header or header[0][0] != wanted[0] or not any(map(any, (row[2] for row in header))):
            continue
        body = [values for first, _, values in rows if first > header[-1][1] and values]
        names = joined([values for *_, values in header])
        even = all(len(values) == len(names) for values in body)
        shapes.append(_Shape(separator, tuple(wanted), names, header[-1][1] + 1, 0, 0, even, wanted[0]))
    if not shapes:
        line = wanted[0] + skipped
        raise LandingError(
            f"line {line}, which `header` in portfolio.yml names, has no column names.",
            raw.relative,
            "correct `header`; lines are counted from 1.",
        )
    return _choose(raw, shapes, skipped)


# reading


def copy(raw: RawFile, how: Csv, target: Path) -> None:
    """Write the records of a file in UTF-8 below one header line, without the lines above and below them.

    Raises LandingError if the last lines are not there.
    """
    with opened(raw) as stream, target.open("wb") as out:
        out.write((how.separator.join("c" * len(how.columns)) + how.end).encode())
        text = io.TextIOWrapper(stream, how.encoding, newline="")
        for _ in range(how.first_line - 1):
            _skip_line(text)
        if how.first_line == 1 and (start := text.read(1)) != "\ufeff":
            out.write(start.encode())
        while chunk := text.read(CHUNK):
            out.write(chunk.encode("utf-8"))
        text.detach()
    if how.footer:
        _cut(raw, target, how.footer)


def _skip_line(text: io.TextIOWrapper) -> None:
    while (line := text.readline(CHUNK)) and not line.endswith(("\n", "\r")):
        pass


def _cut(raw: RawFile, path: Path, lines: int) -> None:
    """Cut the last lines of a file that have text."""
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        start = max(0, size - (lines + 10) * 65_536)
        file.seek(start)
        tail = file.read()
        ends = [match.start() for match in re.finditer(rb"[^\r\n]+", tail)]
        if len(ends) < lines:
            raise LandingError(
                f"it has fewer than {lines} lines, which `footer` in portfolio.yml leaves out.",
                raw.relative,
                "correct `footer`.",
            )
        file.truncate(start + ends[-lines])


def check_no_record_is_too_long(raw: RawFile, how: Csv, path: Path, limits: FileLimits) -> None:
    """Check the field counts: DuckDB drops an empty extra field, as in `1,Smith, John,` below `id,name,note`.

    `path` is the file or its copy. Raises LandingError naming the file, the record and the field counts.
    """
    packed = raw.is_gzip and path == raw.path
    with path.open("rb") as file, gzip.open(file) if packed else file as stream:
        if not _may_be_too_long(cast(IO[bytes], stream), how, raw.settings.quote, limits, is_copy=path != raw.path):
            return
    long: list[tuple[int, int]] = []
    ends = (how.separator, f"{how.separator}{raw.settings.quote * 2}")

    def note(row: Any) -> str:
        if row.actual_columns > row.expected_columns and row.text.rstrip("\r\n").endswith(ends):
            long.append((row.expected_columns, row.actual_columns))
        return "skip"  # DuckDB refuses any other wrong count, with the line

    rules = arrow_csv.ParseOptions(
        delimiter=how.separator,
        quote_char=raw.settings.quote or False,
        newlines_in_values=True,
        invalid_row_handler=note,
    )
    with path.open("rb") as file, gzip.open(file) if packed else file as stream:
        try:
            batches = arrow_csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                read_options=arrow_csv.ReadOptions(block_size=limits.record),
                parse_options=rules,
                convert_options=arrow_csv.ConvertOptions(check_utf8=False, include_columns=[]),
            )
            while not long and next(batches, None) is not None:
                pass
        except pa.ArrowInvalid as error:
            if "straddles two block boundaries" in str(error):  # DuckDB would drop it
                raise LandingError(
                    f"it has a record longer than {limits.record.human_readable()}.",
                    raw.relative,
                    "check that a closing quote is not missing; if the record is really as long, raise "
                    "file_limits.record in portfolio.yml.",
                ) from error
            return  # not CSV at all: DuckDB reports why
    if long:
        expected, found = long[0]
        raise LandingError(
            f"a record has {found} fields, and the header names {expected} columns.",
            raw.relative,
            f"quote each value that holds a {SEPARATORS.get(how.separator, how.separator)}, and end records as the "
            "header ends.",
        )


def _may_be_too_long(stream: IO[bytes], how: Csv, quote: str, limits: FileLimits, *, is_copy: bool) -> bool:
    """Whether a line ends with an empty field, or a record may be longer than allowed; most files show neither.

    Lines were measured when the file was read, so without a quote only those of a copy may be longer.
    """
    last = [(how.separator + empty).encode() for empty in {"", quote * 2}]
    ends = [field + end for field in last for end in (b"\n", b"\r")]
    size, tail, has_quote = 0, b"", False
    while chunk := stream.read(CHUNK):
        text = tail + chunk
        if any(end in text for end in ends):
            return True
        size += len(chunk)
        has_quote = has_quote or (bool(quote) and quote.encode() in chunk)
        if size > limits.record and (has_quote or is_copy):
            return True
        tail = text[-8:]
    return tail.endswith(tuple(last))


def line_at_fault(raw: RawFile, how: Csv) -> int | None:
    """The line of the first record that has another number of values than the header, or a quote out of place."""
    line = how.first_line
    try:
        for line, values, _ in _read(raw, how):
            if values and len(values) != len(how.columns):
                return line
    except csv.Error as error:
        return error.args[1]
    return None


def line_with_another_end(raw: RawFile, how: Csv) -> int | None:
    """The line of the first record that ends otherwise than the one before, as in a file put together from two.

    Line breaks within quotes may be others. Raises csv.Error where a quote is out of place.
    """
    before = how.end
    for line, _, end in _read(raw, how):
        if end and end != before:
            return line
        before = end
    return None


def _read(raw: RawFile, how: Csv) -> Iterator[tuple[int, list[str], str]]:
    """First line, values and line end of each record below the header.

    Raises csv.Error with the reason and the record's line where a quote is out of place.
    """
    with opened(raw) as stream:
        text = io.TextIOWrapper(stream, how.encoding, newline="")
        for _ in range(how.first_line - 1):
            _skip_line(text)
        read = ""

        def lines() -> Iterator[str]:
            nonlocal read
            for line in text:
                read = line
                yield line

        quoting = csv.QUOTE_MINIMAL if raw.settings.quote else csv.QUOTE_NONE
        rows = csv.reader(
            lines(), delimiter=how.separator, quotechar=raw.settings.quote or None, quoting=quoting, strict=True
        )
        first = how.first_line
        try:
            for row in rows:
                yield first, row, read[len(read.rstrip("\r\n")) :]
                first = how.first_line + rows.line_num
        except csv.Error as error:
            raise csv.Error(str(error), first) from error
