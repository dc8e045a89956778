"""PDF: the text of each page, in the order of the file.

The text is what the file says its glyphs mean. A scanned page has none, and a file can say that a glyph means another
letter than it shows. Forms, annotations, attachments and scripts are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from watchkeeper.sources.documents.page import Page
from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

if TYPE_CHECKING:
    from pypdf import PdfReader

_ENCRYPTED = (
    "the PDF is encrypted, and the empty password does not open it. Keep it, and add a copy that somebody with the "
    "password saved without one, or attach a transcription (--transcription SHA256)."
)


def read(data: bytes) -> Iterator[Page]:
    """Yield each page, numbered from 1; one without text is an empty page.

    Raises:
        Invalid: encrypted, damaged, or with more pages than are read.
    """
    from pypdf.errors import PyPdfError

    try:
        reader = _opened(data)
        for number, page in enumerate(reader.pages, start=1):
            yield Page(page.extract_text(), number)
    except (PyPdfError, RecursionError) as error:
        raise Invalid(
            f"the PDF is damaged ({str(error)[:200] or type(error).__name__}). It may be cut: get it anew."
        ) from error


def _opened(data: bytes) -> PdfReader:
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import PdfReadError

    reader = PdfReader(BytesIO(data), strict=False)
    # Files that only forbid printing open with the empty password, and every viewer shows them.
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise Invalid(_ENCRYPTED)
    if len(reader.pages) > limit("document_pages"):
        raise Invalid(f"it has more than the {limit('document_pages')} pages that are read.")
    if not reader.pages:
        raise PdfReadError("it has no page")
    return reader
