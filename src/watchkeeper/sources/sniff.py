"""Sniff: say from the bytes, not from the name, what a file is, and what can be done with it.

A saved page and an e-mail are told by how they begin, since neither has a mark; a text that begins like one is taken
for one.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
import shlex
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from watchkeeper.sources import chain_forms
from watchkeeper.sources.archives import form_of
from watchkeeper.sources.documents.documents import HTML, MAIL, MHTML, PDF, WACZ, WARC
from watchkeeper.sources.ledger_tables.ledger_tables import kind_of

_HEAD = 65_536
_MAGIC = (
    (b"%PDF-", PDF),
    (b"WARC/1.", WARC),
    (b"PAR1", "Parquet table"),
    (b"ARROW1", "Arrow file (or Feather)"),
    (b"FEA1", "Feather file, first version"),
    (b"\x28\xb5\x2f\xfd", "zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"\x89PNG", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"WKLOG", "Watchkeeper log"),
)
_WEBP = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)
CAPTURE = "--capture SHA256"  # stands in a next command until the bytes are kept under their digest
_ADD = f"watchkeeper claim add INCIDENT FIELD=VALUE {CAPTURE}"
_NEXT = {
    PDF: f'{_ADD} --page N --quote "..."',
    **dict.fromkeys((HTML, MHTML, MAIL, WARC, WACZ), f'{_ADD} --quote "..."'),
    " image": f'{_ADD} --quote "..." --transcription SHA256',
}
_ARCHIVES = {"ZIP": "ZIP archive (or DOCX, XLSX)"}  # others are called what they are
_MEMBER = re.compile(rb"PK\x03\x04.{22}(.{4})", re.DOTALL)  # a ZIP member's head, and the lengths of what follows
_WEB_ARCHIVE = re.compile(rb"archive/[^/]+\.warc(?:\.gz)?\Z|pages/pages\.jsonl\Z|indexes/index\.(?:cdx|idx)")
_HTML_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.{0,200}?\?>\s*)?(?:<!--.{0,1000}?-->\s*)?<(?:!doctype\s+html|html)[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_HEAD_LINE = re.compile(rb"([!-9;-~]{1,76}):[ \t]?[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n")  # RFC 5322, section 2.2
_OF_MAIL = (b"received", b"message-id", b"return-path", b"to")
# Before the first element only blanks, instructions and comments may stand; none is given back once taken.
_DOCTYPE = re.compile(r"(?:\s++|(?><\?.*?\?>)|(?><!--.*?-->))*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file is, in words, and the next command that can do something with it, if any."""

    format: str
    next: str | None = None


def sniff(data: bytes, name: str) -> Understood:
    """Return what the bytes are; unknown bytes are "unknown", never an error: a capture may be anything.

    Args:
        data: The file, or at least its first 65,537 bytes.
        name: What the file is called, for the next command.
    """
    found = _sniffed(data, name)
    if found.next:
        return found
    chain = chain_forms.of(data[:_HEAD], found.format)
    if chain:
        return Understood(found.format, f"watchkeeper add {shlex.quote(name)} --as {chain} --name NAME")
    return Understood(found.format, next((then for form, then in _NEXT.items() if found.format.endswith(form)), None))


def _sniffed(data: bytes, name: str) -> Understood:
    if not data:
        return Understood("empty file")
    found = next((words for magic, words in _MAGIC if data.startswith(magic)), None) or _held_page(data[:_HEAD])
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


def _held_page(head: bytes) -> str | None:
    """Return the words for a saved page, web archive, e-mail or WebP image; they begin in many ways."""
    if _WEBP.match(head):
        return "WebP image"
    if head.startswith(b"PK\x03\x04"):
        return WACZ if _is_wacz(head) else None
    if head.startswith(b"\x1f\x8b"):
        return WARC if _first_expanded(head).startswith(b"WARC/1.") else None
    # Pages in an older encoding are no UTF-8, and those of UTF-16 begin with its mark.
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if _HTML_HEAD.match(head.replace(b"\x00", b"")[2:] if utf16 else head):
        return HTML
    return _message(head)


def _is_wacz(head: bytes) -> bool:
    found = _MEMBER.match(head)
    length = int.from_bytes(found[1][:2], "little") if found else 0
    return bool(_WEB_ARCHIVE.match(head[30 : 30 + length]))


def _first_expanded(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(head, 16)
    except zlib.error:
        return b""


def _message(head: bytes) -> str | None:
    """Tell a saved page and an e-mail by their head lines: a memo may have From and Date, but no MIME-Version."""
    lines: dict[bytes, bytes] = {}
    at = 0
    while found := _HEAD_LINE.match(head, at):
        lines[found[1].lower()] = found[0].lower()
        at = found.end()
    if not head.startswith((b"\n", b"\r\n"), at) and at < len(head):
        return None
    sent = any(name in lines for name in _OF_MAIL)
    if b"mime-version" in lines and b"multipart/related" in lines.get(b"content-type", b"") and not sent:
        return MHTML
    if b"from" in lines and (b"mime-version" in lines or (sent and {b"message-id", b"received"} & lines.keys())):
        return MAIL
    return None


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
    if not text.startswith("<"):
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
