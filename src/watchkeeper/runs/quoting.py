"""Quoting: is what a claim quotes in the bytes it rests on?

Text is searched as it stands, tags and all, with white space collapsed. Other formats (PDF, images) are not
read: their claims say so in the note, or a reader would take the quote for one that was found.
"""

from __future__ import annotations

from watchkeeper.sources.sniff import sniff
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

NOT_LOCATED = "Quote not located by the program."
# As `sniff` words what is UTF-8 text; a PDF may be that too, and its words still cannot be found in its bytes.
_TEXTS = ("plain text", "ledger table", "table (", "JSON", "HTML page", "XML document", "text that begins like JSON")


def look_up(case: Case, body: dict[str, Json], page: str | None) -> bool | None:
    """Look for a claim's quote in its capture, and write its page into its locator.

    Args:
        case: The case that holds the capture.
        body: The claim; gets a locator from the page, and a note where the format cannot be searched.
        page: Number of the page, if one was given.

    Returns:
        True if the quote was found, False if the format cannot be searched, None if there is nothing to look for.

    Raises:
        Invalid: the quote is not in the text, or a page of a text without pages was given.
        Unsound: the capture is not as it was kept.
    """
    text = _text(case, str(body["capture"])) if "capture" in body and (page or "quote" in body) else None
    if page and text is not None:
        raise Invalid(
            f"Capture {body['capture']} is text and has no pages, so nobody could look page {page} up; "
            'say where it stands with --locator, e.g. --locator "paragraph 2". Nothing was written.'
        )
    if page and "locator" not in body:
        body["locator"] = f"page {page}"
    if "quote" not in body or "capture" not in body:
        return None
    if text is None:
        body["note"] = f"{body['note']} {NOT_LOCATED}" if "note" in body else NOT_LOCATED
        return False
    if _collapsed(str(body["quote"])) not in _collapsed(text):
        raise Invalid(
            f"quote not found in capture {body['capture']}: a reader who looks it up would not find it either. "
            "Copy the words as they stand there, capital letters and all; nothing was written."
        )
    return True


def _text(case: Case, capture: str) -> str | None:
    data = captures.read(case.folder, capture)
    if not sniff(data, capture).format.startswith(_TEXTS):
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:  # only its head is text
        return None


def _collapsed(text: str) -> str:
    return " ".join(text.split())
