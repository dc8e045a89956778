"""Documents: the text of a file that is no plain text, page by page, by the format it was recognised as.

The readers meet bytes from anywhere, so they run in the jailed child alone (`store/jailed_document.py`). They show
nothing, follow no link and run no script: what a viewer would fetch or compute is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from watchkeeper.sources.documents import html_page, mail, mhtml, pdf, wacz, warc
from watchkeeper.sources.documents.page import Page, counted

HTML, MHTML, MAIL = "HTML page", "MHTML page (a web page saved with its parts)", "e-mail message"
PDF, WARC, WACZ = "PDF document", "WARC file (web pages as they were sent)", "WACZ archive (saved web pages)"
_READERS: Mapping[str, Callable[[bytes], Iterator[Page]]] = MappingProxyType(
    {
        PDF: pdf.read,
        HTML: html_page.read,
        MHTML: mhtml.read,
        MAIL: mail.read,
        WARC: warc.read,
        WACZ: wacz.read,
    }
)
FORMATS = tuple(_READERS)  # as `sniff` words them


def read(form: str, data: bytes) -> Iterator[Page]:
    """Yield the pages of a document; a saved page and an e-mail are one, without a number.

    Args:
        form: One of `FORMATS`.
        data: The file's bytes.

    Raises:
        Invalid: the file is damaged, encrypted or beyond a limit; in words that go behind the file's name.
    """
    return counted(_READERS[form](data))
