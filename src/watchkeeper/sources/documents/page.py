"""Page: a piece of a document's text, with the place where a reader finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF (number from 1), a response of a web archive (its address and time), or a whole text.

    Args:
        text: The words, lines as the format gives them.
        number: The page's number where the format has pages, otherwise None.
        place: Where it stands, if it is neither a page nor the whole, e.g. "https://a.example/, 2024-01-01T00:00:00Z".
    """

    text: str
    number: int | None = None
    place: str = ""


def counted(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield pages until there are more of them, or more characters in them, than a document may have.

    Raises:
        Invalid: a limit is reached; a part would pass for the whole.
    """
    characters = 0
    for number, page in enumerate(pages, start=1):
        characters += len(page.text)
        if number > limit("document_pages"):
            raise Invalid(f"it has more than the {limit('document_pages')} pages that are read.")
        if characters > limit("document_characters"):
            raise Invalid(f"its text has more than the {limit('document_characters')} characters that are read.")
        yield page
