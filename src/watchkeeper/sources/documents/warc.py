"""WARC: web pages as servers sent them; each response that is HTML or text is a page, found by address and time.

ISO 28500. Only `response` and `resource` records are read; PDF files and pictures among them are not. A record that
breaks off refuses the whole file: what cannot be read to its end cannot be searched.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from email.parser import HeaderParser

from watchkeeper.sources.documents import html_page
from watchkeeper.sources.documents.page import Page
from watchkeeper.sources.limits import limit
from watchkeeper.sources.unpacking import pieces, unpack
from watchkeeper.values.refused import Invalid

_GZIP = b"\x1f\x8b"
_MARK, _BETWEEN = b"WARC/", b"\r\n\r\n"
_CUT = "the WARC file breaks off within record {}. It is cut: get it anew."
_HTML = ("text/html", "application/xhtml+xml")


def read(data: bytes) -> Iterator[Page]:
    """Yield the text of each response, with its address and the time at which it was received.

    Raises:
        Invalid: the file is cut or damaged, expands beyond a limit, or holds no HTML or text.
    """
    found = False
    for page in responses(data):
        found = True
        yield page
    if not found:
        raise Invalid("no response in it is HTML or text.")


def responses(data: bytes) -> Iterator[Page]:
    """Yield as `read` does; nothing where no response is HTML or text."""
    for number, (head, block) in enumerate(_records(_expanded(data)), start=1):
        kind = head.get("WARC-Type", "")
        if kind not in ("response", "resource"):
            continue
        sent, body = _http(block, number) if kind == "response" else (head, block)
        text = _text(sent, body)
        if text is not None:
            yield Page(text, place=f"{head.get('WARC-Target-URI', '').strip('<>')}, {head.get('WARC-Date', '')}")


def _expanded(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    whole = bytearray()
    for piece in unpack("gzip", pieces(data)):
        whole += piece
        if len(whole) > limit("document_size"):
            raise Invalid(f"it expands to more than the {limit('document_size')} bytes that are read.")
    return bytes(whole)


def _records(data: bytes) -> Iterator[tuple[Mapping[str, str], bytes]]:
    at, number = 0, 0
    while at < len(data):
        number += 1
        end = data.find(b"\r\n\r\n", at)
        if not data.startswith(_MARK, at):
            raise Invalid(f"record {number} of the WARC file does not begin as one; the file is damaged.")
        if end < 0:
            raise Invalid(_CUT.format(number))
        head = _heads(data[data.find(b"\r\n", at) + 2 : end + 2])
        length = head.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 19):
            raise Invalid(f"record {number} of the WARC file does not say how long it is; the file is damaged.")
        at = end + 4 + int(length)
        if at > len(data):
            raise Invalid(_CUT.format(number))
        yield head, data[end + 4 : at]
        if not _BETWEEN.startswith(data[at : at + 4]):  # only at the end of the file may a part of it be missing
            raise Invalid(f"record {number} of the WARC file does not end where it says; the file is damaged.")
        at += len(_BETWEEN)


def _heads(lines: bytes) -> Mapping[str, str]:
    """Return head lines by name; the parser's own mapping does not look at capital letters."""
    # As UTF-8: of other bytes the parser makes objects that are no texts, and one odd address would end the reading.
    return HeaderParser().parsestr(lines.decode("utf-8", "replace"))  # type: ignore[return-value]


def _http(block: bytes, number: int) -> tuple[Mapping[str, str], bytes]:
    """Return the head lines and the body of a response."""
    end = block.find(b"\r\n\r\n")
    if end < 0:
        raise Invalid(f"record {number} of the WARC file is a response without an end of its head.")
    head = _heads(block[block.find(b"\r\n") + 2 : end + 2])
    body = block[end + 4 :]
    if head.get("Transfer-Encoding", "").lower() == "chunked":
        body = _joined(body)
    return head, body


def _joined(body: bytes) -> bytes:
    """Return a body without its lengths of chunks; as it is where an archiver took them out and left the head line."""
    joined, at = bytearray(), 0
    while True:
        end = body.find(b"\r\n", at)
        size = _size(body[at:end]) if end >= 0 else None
        if size is None:
            return body
        if size == 0:
            return bytes(joined)
        joined += body[end + 2 : end + 2 + size]
        at = end + 2 + size + 2


def _size(line: bytes) -> int | None:
    digits = line.split(b";")[0].strip()
    return int(digits, 16) if 0 < len(digits) <= 8 and all(d in b"0123456789abcdefABCDEF" for d in digits) else None


def _text(head: Mapping[str, str], body: bytes) -> str | None:
    """Return what a response says, or None where it is no HTML or text, or is packed in a way that is not read."""
    kind, *told = (part.strip() for part in head.get("Content-Type", "").split(";"))
    if kind.lower() not in _HTML and kind.lower() != "text/plain":
        return None
    packed = head.get("Content-Encoding", "identity").strip().lower()
    if packed in ("gzip", "x-gzip", "deflate"):
        body = _inflated(body, packed)
    elif packed != "identity":
        return None
    charset = next((one.partition("=")[2].strip("\"' ") for one in told if one.lower().startswith("charset=")), None)
    text = html_page.decoded(body, charset)
    return html_page.visible_text(text) if kind.lower() in _HTML else text


def _inflated(body: bytes, form: str) -> bytes:
    if form != "deflate":
        return b"".join(unpack("gzip", pieces(body)))
    # "deflate" is sent with a frame, as the standard says, or without one, as some servers do.
    machine = zlib.decompressobj(zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS)
    try:
        whole = machine.decompress(body, limit("document_size"))
    except zlib.error as error:
        raise Invalid(f"a response is packed and damaged ({error}).") from error
    if not machine.eof:
        raise Invalid("a packed response breaks off, or expands beyond what is read.")
    return whole
