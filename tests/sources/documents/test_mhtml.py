"""MHTML: the page is read with its transfer encoding undone; pictures beside it are not."""

from __future__ import annotations

import pytest
from tests.sources.documents import made

from watchkeeper.sources.documents import mhtml
from watchkeeper.values.refused import Invalid


def test_quoted_printable_is_undone_also_where_it_breaks_a_line_within_a_word():
    (page,) = mhtml.read(made.MHTML)
    assert page.text == "The café lost 9 million."


def test_a_page_that_breaks_off_is_refused():
    with pytest.raises(Invalid, match="the saved page breaks off before its last part ends"):
        list(mhtml.read(made.MHTML[: made.MHTML.index(b"--B--")]))


def test_a_page_without_any_words_is_refused():
    with pytest.raises(Invalid, match="holds no part that is HTML or text"):
        list(mhtml.read(made.MHTML.replace(b"text/html\r\n", b"image/gif\r\n")))
