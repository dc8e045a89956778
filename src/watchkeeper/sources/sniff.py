"""Sniff: say from the bytes, not from the name, what a file is, and what can be done with it."""

from __future__ import annotations

import codecs
import csv
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from watchkeeper.sources.archives import form_of
from watchkeeper.sources.ledger_tables.ledger_tables import kind_of

_HEAD = 65_536
_MAGIC = (
    (b"%PDF-", "PDF document"),
    (b"PAR1", "Parquet table"),
    (b"ARROW1", "Arrow file (or Feather)"),
    (b"FEA1", "Feather file, first version"),
    (b"\x28\xb5\x2f\xfd", "zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"\x89PNG", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"WKLOG", "Watchkeeper log"),
)
_ARCHIVES = {"ZIP": "ZIP archive (or DOCX, XLSX)"}  # others are called what they are
# Before the first element only blanks, instructions and comments may stand; none is given back once taken.
_DOCTYPE = re.compile(r"(?:\s++|(?><\?.*?\?>)|(?><!--.*?-->))*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file is, in words, and the next command that can do something with it, if any."""

    format: str
    next: str | None = None


def sniff(data: bytes, name: str) -> Understood:
    """Return what the bytes are; unknown bytes are "unknown", never an error: a capture may be anything."""
    if not data:
        return Understood("empty file")
    found = next((words for magic, words in _MAGIC if data.startswith(magic)), None)
    if found:
        return Understood(found)
    archive = form_of(data[:_HEAD])
    if archive:
        return Understood(_ARCHIVES.get(archive, f"{archive} archive"))
    try:
        # Incremental: the head may end within a character, a whole file may not.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data[:_HEAD], final=len(data) <= _HEAD)
    except UnicodeDecodeError:
        return Understood("unknown bytes (no known signature, not UTF-8 text)")
    return _text(text, whole=len(data) <= _HEAD, name=name)


def _text(text: str, *, whole: bool, name: str) -> Understood:
    if "\x00" in text:
        return Understood("unknown bytes (no known signature, holds NUL)")
    if not text.strip():
        return Understood("blank text")
    readers: tuple[Callable[[], Understood | None], ...] = (
        lambda: _markup(text.lstrip()),
        lambda: _json(text, whole),
        lambda: _table(text, name),
    )
    return next((found for reader in readers if (found := reader())), Understood("plain text"))


def _markup(text: str) -> Understood | None:
    head = text[:200].lower()
    if head.startswith(("<!doctype html", "<html")):
        return Understood("HTML page")
    if not head.startswith("<"):
        return None
    return Understood("XML document with a DOCTYPE" if _DOCTYPE.match(text) else "XML document")


def _json(text: str, whole: bool) -> Understood | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    first_line = text.splitlines()[0]
    if whole and _is_json(text):
        return Understood("JSON document")
    if _is_json(first_line):
        return Understood("JSON lines")
    return Understood("text that begins like JSON and is none, or is longer than was read to tell")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):  # a few thousand brackets exhaust the parser's stack
        return False
    return True


def _table(text: str, name: str) -> Understood | None:
    line = text.splitlines()[0]
    for delimiter, word in ((",", "comma"), (";", "semicolon"), ("\t", "tab")):
        if delimiter not in line:
            continue
        header = next(csv.reader([line], delimiter=delimiter))
        kind = kind_of(header) if delimiter == "," else None
        if kind:
            return Understood(f"ledger table of kind {kind}", f"watchkeeper ledger import {shlex.quote(name)}")
        return Understood(f"table ({word}-separated, {len(header)} columns: {', '.join(header)[:120]})")
    return None
