"""MHTML: a web page that a browser saved with its parts in one file; its HTML and text parts are read.

Frames are parts of their own, so their words stand behind those of the page. Pictures are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from watchkeeper.sources.documents import mail
from watchkeeper.sources.documents.page import Page
from watchkeeper.values.refused import Invalid

_READ = ("text/html", "application/xhtml+xml", "text/plain")


def read(data: bytes) -> Iterator[Page]:
    """Yield the words of all HTML and text parts as one text.

    Raises:
        Invalid: no part is HTML or text, or the file ends before its last part does.
    """
    message = mail.parsed(data)
    parts = [part for part in message.walk() if part.get_content_type() in _READ]
    if not parts:
        raise Invalid("the saved page holds no part that is HTML or text.")
    if any(
        type(defect).__name__ == "CloseBoundaryNotFoundDefect" for part in message.walk() for defect in part.defects
    ):
        raise Invalid("the saved page breaks off before its last part ends. It is cut: get it anew.")
    yield Page("\n\n".join(mail.words_of(part) for part in parts))
