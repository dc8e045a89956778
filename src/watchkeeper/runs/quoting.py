"""Quoting: are the words that a claim quotes in the bytes it rests on, and where?

Plain text is searched as it stands, with white space collapsed. PDF files, saved pages, web archives and e-mail are
read in the jail and searched page by page; what typesetting does to words is forgiven, a letter never. Where nothing
can be read a person attaches a transcription, and the quote must stand in that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from watchkeeper.sources.documents.documents import FORMATS
from watchkeeper.sources.documents.page import Page
from watchkeeper.sources.sniff import sniff
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.store.foreign_document import read_foreign_document, refuse_large
from watchkeeper.values import wording
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

NOT_LOCATED = "Quote not located by the program."
TYPED_ALONE = "The document's own text was read and has not these words; they stand in the transcription alone."
# As `sniff` words what is UTF-8 text and is searched as it stands.
_TEXTS = ("plain text", "ledger table", "table (", "JSON", "XML document", "text that begins like JSON")
_ATTACH = (
    "attach a transcription: `watchkeeper add` what a person typed as a text file, and give --transcription SHA256"
)
_NOTHING = "Nothing was written."
_LAST_PAGE = 1_000_000
_NAMED = 5  # pages, or letters that are drawn alike, told for one quote


def look_up(case: Case, body: dict[str, Json], page: str | None) -> bool | None:
    """Look for a claim's quote in its capture, and write where it stands into its locator.

    Args:
        case: The case that holds the capture.
        body: The claim; gets a locator if it has none, and a note where the format cannot be read.
        page: Number of the page, if one was given.

    Returns:
        True if the quote was found (in the transcription, if the claim names one), False if the format cannot be read,
        None if there is nothing to look for.

    Raises:
        Invalid: the quote says nothing, is not there or cannot be checked, or there is no such page.
        NotFound: the case does not hold the capture or the transcription.
        Unsound: a capture is not as it was kept.
    """
    page = _page_number(page)
    _refuse_a_single_sign(body)
    if "capture" not in body or not (page or "quote" in body):
        if page and "locator" not in body:
            body["locator"] = f"page {page}"
        return None
    capture = str(body["capture"])
    form = sniff(captures.head(case.folder, capture), capture).format
    if form.startswith(_TEXTS):
        return _in_text(case, body, page)
    place = None
    if "transcription" in body:
        place = _in_transcription(case, body, form, page)
    elif form in FORMATS:
        place = _in_document(case, body, form, int(page) if page else None)
    elif form.endswith(" image") and "quote" in body:
        raise Invalid(f"Capture {capture} is an image without text: quote cannot be checked; {_ATTACH}. {_NOTHING}")
    elif "quote" in body:
        _note(body, NOT_LOCATED)
    place = place or (f"page {page}" if page else None)
    if place and "locator" not in body:
        body["locator"] = place
    if "quote" not in body:
        return None
    return "transcription" in body or form in FORMATS


def _page_number(page: str | None) -> str | None:
    if not page:
        return None
    if not (page.isascii() and page.isdigit() and len(page) < len(str(_LAST_PAGE)) and int(page)):
        raise Invalid(f'"{page[:40]}" is no page number; count from 1 as a viewer does. {_NOTHING}')
    return str(int(page))


def _refuse_a_single_sign(body: Mapping[str, Json]) -> None:
    if "quote" in body and not wording.says_something(str(body["quote"])):
        raise Invalid(
            f'The quote "{body["quote"]}" is a single sign, which any text has; quote the words that say it. {_NOTHING}'
        )


def _note(body: dict[str, Json], words: str) -> None:
    body["note"] = f"{body['note']} {words}" if "note" in body else words


def _in_text(case: Case, body: dict[str, Json], page: str | None) -> bool | None:
    if page:
        raise _without_pages(str(body["capture"]), page)
    if "transcription" in body:
        raise Invalid(
            f"Capture {body['capture']} is text itself, and its words need no transcription; leave --transcription "
            f"out. {_NOTHING}"
        )
    if "quote" not in body:
        return None
    return _must_stand(str(body["quote"]), _text(case, str(body["capture"])), str(body["capture"]))


def _in_transcription(case: Case, body: dict[str, Json], form: str, page: str | None) -> str | None:
    """Return the place of a page that a person typed; note that the document itself, where it can be read, lacks it.

    Raises:
        Invalid: the transcription is no text or has not the words, or there is no such page.
    """
    capture = str(body["capture"])
    transcription = str(body["transcription"])
    if transcription == body["capture"]:
        raise Invalid(f"A capture cannot be the transcription of itself. {_NOTHING}")
    if not sniff(captures.head(case.folder, transcription), transcription).format.startswith(_TEXTS):
        raise Invalid(
            f"Transcription {transcription} is no plain text, so the quote cannot be looked for in it; save what was "
            f"typed as a UTF-8 text file and add that. {_NOTHING}"
        )
    _must_stand(str(body["quote"]), _text(case, transcription), transcription)
    pages = _pages_beside(case, capture, form)
    if page and pages:
        _numbered(pages, int(page), capture)
    if any(one.text.strip() for one in pages) and not _on_pages(str(body["quote"]), pages):
        _note(body, TYPED_ALONE)
    return f"page {page}" if page else None


def _text(case: Case, capture: str) -> str:
    data = captures.read(case.folder, capture)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:  # only its head is text
        raise Invalid(
            f"Capture {capture} begins as text and holds other bytes from {error.start} on: quote cannot be checked; "
            f"save it as UTF-8 and add that. {_NOTHING}"
        ) from error


def _must_stand(quote: str, text: str, capture: str) -> bool:
    """Refuse a quote that a text has not, letter by letter; only white space may differ."""
    if not wording.stands_as_typed(quote, text):
        raise Invalid(
            f"quote not found in capture {capture}: a reader who looks it up would not find it either. "
            f"{_alike(quote, [Page(text)])}Copy the words as they stand there, capital letters and all; "
            "nothing was written."
        )
    return True


def _pages_beside(case: Case, capture: str, form: str) -> list[Page]:
    """Return the pages of a document whose words a person typed, none where it cannot be read at all."""
    if form not in FORMATS:
        return []
    try:
        return _pages(case, capture, form)
    except Invalid:  # encrypted, damaged or too large: that is why there is a transcription
        return []


def _on_pages(quote: str, pages: Sequence[Page]) -> bool:
    return any(wording.stands(quote, one.text) for one in pages) or bool(_across(quote, pages))


def _in_document(case: Case, body: dict[str, Json], form: str, page: int | None) -> str | None:
    """Return where the quote stands in a document that can be read; without a quote, look only whether the page is."""
    capture = str(body["capture"])
    try:
        pages = _pages(case, capture, form)
    except Invalid as refusal:
        if "quote" not in body:  # a page that cannot be looked up here stays the word of whoever gave it
            return None
        raise Invalid(f"{refusal} The quote cannot be checked. {_NOTHING}") from refusal
    asked = [_numbered(pages, page, capture)] if page else pages
    if "quote" not in body:
        return None
    quote = str(body["quote"])
    if not any(one.text.strip() for one in asked):
        what = f"page {page} of capture {capture}" if page else f"Capture {capture}"
        raise Invalid(f"{what} has no text, as a scanned one has none: quote cannot be checked; {_ATTACH}. {_NOTHING}")
    found = [one for one in pages if wording.stands(quote, one.text)]
    across = [] if found else _across(quote, pages)
    if found and not page:
        return _places(found) or None
    if across and not page:
        return f"pages {across[0]}-{across[0] + 1}"
    if page and any(one.number == page for one in found):
        return f"page {page}"
    raise _not_there(quote, asked, capture, page, _elsewhere(found, across))


def _pages(case: Case, capture: str, form: str) -> list[Page]:
    name = f"Capture {capture}"
    refuse_large(captures.size(case.folder, capture), name)
    return read_foreign_document(captures.read(case.folder, capture), form, name)


def _numbered(pages: Sequence[Page], page: int, capture: str) -> Page:
    if pages[0].number is None:
        raise _without_pages(capture, str(page))
    if page > len(pages):
        many = f"{len(pages)} pages" if len(pages) > 1 else "one page"
        raise Invalid(f"Capture {capture} has {many}; there is no page {page}. {_NOTHING}")
    return pages[page - 1]


def _without_pages(capture: str, page: str) -> Invalid:
    return Invalid(
        f"Capture {capture} is text and has no pages, so nobody could look page {page} up; "
        f'say where it stands with --locator, e.g. --locator "paragraph 2". {_NOTHING}'
    )


def _across(quote: str, pages: Sequence[Page]) -> list[int]:
    """Return the numbers of pages at whose foot the quote begins, to end on the next."""
    if pages[0].number is None:
        return []
    return [a.number for a, b in pairwise(pages) if a.number and wording.stands(quote, f"{a.text}\n{b.text}")]


def _places(found: Sequence[Page]) -> str:
    """Return where a quote stands; "" for a text that has no places."""
    if found and found[0].number is not None:
        return f"page{'s' if len(found) > 1 else ''} {_listed([str(one.number) for one in found])}"
    return _listed([one.place for one in found if one.place])


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return f"{'; '.join(words[:_NAMED]) if ',' in ''.join(words) else ', '.join(words[:_NAMED])}{more}"


def _elsewhere(found: Sequence[Page], across: Sequence[int]) -> str:
    if found:
        return f"It stands on {_places(found)}. "
    return f"It runs from page {across[0]} to page {across[0] + 1}: leave --page out. " if across else ""


def _not_there(quote: str, asked: Sequence[Page], capture: str, page: int | None, elsewhere: str) -> Invalid:
    where = f"quote not on page {page} of" if page else "quote not found in"
    return Invalid(
        f"{where} capture {capture}: a reader who looks it up would not find it either. {elsewhere}"
        f"{_alike(quote, asked)}Copy the words as they stand there, capital letters and all; nothing was written."
    )


def _alike(quote: str, pages: Sequence[Page]) -> str:
    """Name the letters that only look like those of the text, if they alone keep the quote from standing there."""
    for page in pages:
        letters = wording.alike(quote, page.text)
        if letters:
            return f"It is drawn the same with other letters: {'; '.join(map(str, letters[:_NAMED]))}. "
    return ""
