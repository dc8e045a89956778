"""Own chapters: a user's files beside a plan's own chapters, looked at before any of them is read as a chapter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from watchkeeper.runs.given import usable
from watchkeeper.values.refused import Invalid

_LARGEST = 1_000_000  # bytes; a chapter that long is a book
_MOST = 50
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\.md\Z")
_NOTHING = "Nothing was built."
# Line and paragraph separators end no line in an editor, so that line numbers would lead astray.
_UNSEEN = ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def read(paths: Iterable[Path]) -> dict[str, bytes]:
    """Return a user's chapters by file name, in the order given.

    Raises:
        NotFound: a file is not there. Invalid: it is no chapter, or two have one name.
    """
    chapters: dict[str, bytes] = {}
    for path in paths:
        usable(path, "built")
        if not NAME.match(path.name):
            raise Invalid(
                f"{path.name} is no name for a chapter; use letters, digits, . _ - and end it in .md. {_NOTHING}"
            )
        if path.name in chapters:
            raise Invalid(
                f"Two chapters are called {path.name}, and a fault could not say which; rename one. {_NOTHING}"
            )
        if path.stat().st_size > _LARGEST:
            raise Invalid(f"{path.name} is larger than {_LARGEST:,} bytes; split it. {_NOTHING}")
        chapters[path.name] = path.read_bytes()
    if len(chapters) > _MOST:
        raise Invalid(f"{len(chapters)} chapters are given, and a report takes {_MOST}. {_NOTHING}")
    return chapters


def text(name: str, data: bytes) -> str:
    """Return the text of a chapter; raise `Invalid` naming the first character that cannot stand in it."""
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise Invalid(f"{name}:{row}: this is no UTF-8 from here on; save the file as UTF-8. {_NOTHING}") from error
    words = words.replace("\r\n", "\n")
    for number, line in enumerate(words.split("\n"), start=1):
        for column, letter in enumerate(line, start=1):
            if letter != "\t" and (unicodedata.category(letter) in _UNSEEN or letter in _REORDERING):
                raise Invalid(
                    f"{name}:{number}:{column}: U+{ord(letter):04X} cannot be seen, or makes what is shown another "
                    f"text than what is read; take it out. {_NOTHING}"
                )
    return words
