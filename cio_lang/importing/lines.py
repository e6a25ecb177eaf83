"""A file of text in, its lines out, numbered; lines that are no text are set aside."""

from __future__ import annotations

import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from cio_lang.importing.problems import FileMissing, UnreadableFile
from cio_lang.mistake import UserMistake
from cio_lang.problem import nearest
from cio_lang.record import record
from cio_lang.source import Span

LONGEST_LINE = 1 << 24
"""Bytes: no row that the store takes comes near to it."""

_BROKEN = (OSError, EOFError, zlib.error)

_NAMED_SO_FAR = 500


@record
class Row:
    """The cells of one row; `line` is where it begins (from 1)."""

    line: int
    cells: list[Any]


@record
class BadRow:
    """A row that cannot be read; `text` is its first line as written."""

    line: int
    reason: str
    text: str


def open_file(path: Path) -> tuple[BinaryIO, int]:
    """A file to be imported and its size.  Raises `UserMistake` where there is none to be read."""
    place = Span(str(path), 1, 1, 1, 1)
    try:
        size = path.stat().st_size
        if path.is_file():
            return path.open("rb"), size
        if path.is_dir():
            reason, way = "it is a folder", "name a file in it"
        else:
            reason, way = "it is no file that can be read twice", "write it to a file first"
    except FileNotFoundError:
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        close = nearest(path.name, siblings[:_NAMED_SO_FAR])
        suggestion = str(path.with_name(close)) if close else None
        raise UserMistake(FileMissing(span=place, path=str(path), suggestion=suggestion)) from None
    except PermissionError:
        reason, way = "you may not read it", "give yourself the right to read it"
    except OSError as error:
        reason, way = f"the system says `{error.strerror}`", "check the path"
    raise UserMistake(UnreadableFile(span=place, path=str(path), reason=reason, way=way))


class Lines:
    """The lines of a file as text, with their numbers; bad ones are set aside in `bad`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad: deque[BadRow] = deque()
        self.number = 0
        self._raw, self.size = open_file(path)
        self._stream: BinaryIO = self._raw
        magic = self._raw.read(2)
        self._raw.seek(0)
        if magic == b"\x1f\x8b":
            self._stream = io.BufferedReader(gzip.GzipFile(fileobj=self._raw), 1 << 16)

    def at(self, line: int = 1) -> Span:
        """The place of a line."""
        return Span(str(self.path), line, 1, line, 1)

    def refuse(self, reason: str, way: str) -> NoReturn:
        """Nothing of the file can be imported."""
        problem = UnreadableFile(span=self.at(), path=str(self.path), reason=reason, way=way)
        raise UserMistake(problem)

    def position(self) -> int:
        """How many bytes of the file have been read, compressed if it is."""
        return min(self._raw.tell(), self.size)

    def close(self) -> None:
        """Give the file back."""
        self._stream.close()
        self._raw.close()

    def first(self) -> str:
        """The first line that is not blank; refuses a file that is not text."""
        while True:
            try:
                raw = self._stream.readline(LONGEST_LINE)
            except _BROKEN:
                self.refuse("its compression is damaged", "make or fetch the file again")
            self.number += 1
            if not raw:
                self.refuse("it is empty", "name the file that holds the rows")
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                self.refuse("it is written in UTF-16", "save it as UTF-8 (in Excel: `CSV UTF-8`)")
            if b"\0" in raw:
                self.refuse("it is not text", "export the rows as CSV or JSON Lines first")
            if len(raw) == LONGEST_LINE:
                self.refuse("its first line has no end", "write each row in a line of its own")
            try:
                text = raw.decode("utf-8-sig" if self.number == 1 else "utf-8")
            except UnicodeDecodeError:
                self.refuse("it is not in UTF-8", "save it as UTF-8 (in Excel: `CSV UTF-8`)")
            if text.strip():
                return text

    def rest(self) -> Iterator[tuple[int, str]]:
        """The lines after the first, numbered; those that are not text go to `bad`."""
        number = self.number
        readline = self._stream.readline
        try:
            while raw := readline(LONGEST_LINE):
                number += 1
                if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                    shown = raw[:200].decode(errors="replace").replace("\0", "\ufffd")
                    why = f"the line is longer than {LONGEST_LINE >> 20} MiB"
                    self.bad.append(BadRow(number, why, f"{shown} …"))
                    while len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                        raw = readline(LONGEST_LINE)
                    continue
                try:
                    text = raw.decode()
                except UnicodeDecodeError:
                    shown = raw.decode(errors="replace").replace("\0", "\ufffd")
                    self.bad.append(BadRow(number, "the line is not in UTF-8", shown))
                    continue
                if "\0" in text:
                    shown = text.replace("\0", "\ufffd")
                    self.bad.append(BadRow(number, "the line holds a null byte", shown))
                    continue
                yield number, text
        except _BROKEN:
            self.bad.append(BadRow(number + 1, "the compressed file ends in the middle", ""))
