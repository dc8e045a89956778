"""Foreign document: the pages of a PDF, saved page, web archive or e-mail, read by a jailed child.

What the child answers is checked like anything from outside: a library that was taken over can write what it likes,
but only texts within the limits come back.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from watchkeeper.sources.documents.page import Page
from watchkeeper.sources.limits import limit
from watchkeeper.store import jail
from watchkeeper.values.refused import Invalid
from watchkeeper.values.texts import visible

_LONGEST_PLACE = 2_048  # characters of an address and a time; five of them are written into one locator


def read_foreign_document(data: bytes, form: str, name: str) -> list[Page]:
    """Return the pages of a document, at least one.

    Args:
        data: The document's bytes.
        form: One of `sources.documents.documents.FORMATS`, as `sniff` words it.
        name: What to call it in errors.

    Raises:
        Invalid: it is damaged, encrypted or beyond a limit, or its reader broke on it or was ended.
    """
    refuse_large(len(data), name)
    said = jail.run([form], data, name, _child())
    *lines, last = said.removesuffix(b"\n").split(b"\n")
    told = _json(last, name)
    if isinstance(told, dict) and isinstance(told.get("refused"), str):
        raise Invalid(f"{name}: {told['refused'][:1000]}")
    digest = hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
    if told != {"pages": len(lines), "sha256": digest} or not lines:
        raise Invalid(f"{name}: its reader broke off half way; nothing of it was taken.")
    return [_page(_json(line, name), number, name) for number, line in enumerate(lines, start=1)]


def refuse_large(size: int, name: str) -> None:
    """Raise `Invalid` for a document of more bytes than are read, before it is opened."""
    if size > limit("document_size"):
        raise Invalid(
            f"{name}: {size} bytes, and a document is read up to {limit('document_size')}. Extract the pages that "
            "matter into a file of their own and add that, or attach a transcription (--transcription SHA256)."
        )


def _child() -> jail.Child:
    return jail.Child(
        "watchkeeper.store.jailed_document",
        limit("document_processor"),
        limit("document_wall"),
        "get it anew, or attach a transcription (--transcription SHA256).",
    )


def _page(told: Any, number: int, name: str) -> Page:
    if (
        not isinstance(told, dict)
        or told.keys() != {"number", "place", "text"}
        or not isinstance(told["text"], str)
        or not isinstance(told["place"], str)
        or told["number"] not in (None, number)
    ):
        raise Invalid(f"{name}: its reader gave something that is no page; nothing of it was taken.")
    # It goes into locators, and so into reports and onto terminals.
    return Page(told["text"], told["number"], visible(told["place"][:_LONGEST_PLACE], lines=False))


def _json(line: bytes, name: str) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{name}: its reader gave no JSON; nothing of it was taken.") from error
