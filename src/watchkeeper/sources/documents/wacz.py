"""WACZ: a ZIP file with web archives in its folder `archive/`, each read as a WARC file.

What its lists of pages and its index say is not looked at: only what servers sent is evidence of what they said.
"""

from __future__ import annotations

from collections.abc import Iterator

from watchkeeper.sources import zip_members
from watchkeeper.sources.documents import warc
from watchkeeper.sources.documents.page import Page
from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid


def read(data: bytes) -> Iterator[Page]:
    """Yield the text of each response of each web archive, with its address and time.

    Raises:
        Invalid: the ZIP file or a web archive in it is damaged or beyond a limit, or none holds HTML or text.
    """
    found = False
    for member in zip_members.listed(data):
        if member.name.startswith(b"archive/") and member.name.endswith((b".warc", b".warc.gz")):
            if member.expanded > limit("document_size"):
                raise Invalid(f"a web archive in it has more than the {limit('document_size')} bytes that are read.")
            for page in warc.responses(b"".join(member.stream(data))):
                found = True
                yield page
    if not found:
        raise Invalid("no web archive in it holds a response that is HTML or text.")
