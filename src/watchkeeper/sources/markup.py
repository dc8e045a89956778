"""Markup: is an XML document safe to be handed to a reader? Asked before any XML reader sees it.

A DOCTYPE can name other files and let a kilobyte of entities grow to gigabytes; no list we read needs one, so any is
refused. Newer parsers stop the worst by themselves, but which parser a machine has cannot be known.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from watchkeeper.sources.limits import limit
from watchkeeper.sources.unpacking import pieces
from watchkeeper.values.refused import Invalid


def check(data: bytes, name: str) -> None:
    """Refuse an XML document that is broken or beyond a limit; return if a reader may have it.

    Args:
        data: The document's bytes.
        name: What to call the file in errors.

    Raises:
        Invalid: a DOCTYPE, bytes that are no well-formed XML, or a document too long, too deep, with too many
            attributes in one element or too long a tag; with the line.
    """
    if len(data) > limit("xml_size"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('xml_size')} an XML document may have.")
    checker = _Checker(name)
    for piece in pieces(data):
        checker.feed(piece)
    checker.end()


class _Checker:
    """An expat parser that keeps nothing but the depth it is at."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._stop

    def feed(self, piece: bytes) -> None:
        self._parse(piece, final=False)
        self._fed += len(piece)
        if self._fed - self._parser.CurrentByteIndex > limit("xml_token"):
            self._refuse(f"a tag or comment is longer than {limit('xml_token')} bytes.")

    def end(self) -> None:
        self._parse(b"", final=True)

    def _parse(self, piece: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(piece, final)
        except expat.ExpatError as error:
            raise Invalid(
                f"{self._name}:{error.lineno}: no well-formed XML ({expat.ErrorString(error.code)}). "
                "The file may be cut; get it anew."
            ) from error
        except (LookupError, ValueError) as error:  # an encoding that Python has not, or has not letter by letter
            raise Invalid(f"{self._name}:1: the encoding it names is not read; save it as UTF-8.") from error

    def _doctype(self, *_: object) -> None:
        self._refuse(
            "a DOCTYPE, which can name other files and grow without end. No reader opens it; "
            "ask its publisher for a form without one."
        )

    def _start(self, _: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > limit("xml_depth"):
            self._refuse(f"elements lie more than {limit('xml_depth')} deep in each other.")
        if len(attributes) > limit("xml_attributes"):
            self._refuse(f"an element with more than {limit('xml_attributes')} attributes.")

    def _stop(self, _: str) -> None:
        self._depth -= 1

    def _refuse(self, words: str) -> None:
        raise Invalid(f"{self._name}:{self._parser.CurrentLineNumber}: {words}")
