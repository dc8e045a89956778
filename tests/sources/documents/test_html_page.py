"""HTML page: what a browser shows without style sheets and scripts, in the encoding that the page names."""

from __future__ import annotations

import pytest

from watchkeeper.sources.documents.html_page import decoded, read, visible_text


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>The loss\n\tamounted to <b>9</b> million.</p>", "The loss amounted to 9 million."),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<table><tr><td>9<td>million</table>", "9\nmillion"),
        ("a<script>var b = '<p>not this</p>'</script>c", "ac"),
        ("a<style>p { color: red }</style>b<template><p>c</p></template>d<noscript>e</noscript>", "abd"),
        ("<!-- not this -->this", "this"),
        ("<p hidden>not <b>this</b></p>this", "this"),
        ('<div style="Display : none">not<div>this</div>either</div>this', "this"),
        ("that<p hidden>not this</p>this", "that\nthis"),
        ("<input hidden><br hidden>this", "this"),  # they have no end, so nothing may be waited for
        ("<svg><text>not this</text></svg>this", "this"),
        ("&pound;9&nbsp;million &#x41; &lt;b&gt;", "£9\u00a0million A <b>"),
        ("<title>SYNTHETIC</title><body>words", "SYNTHETIC\nwords"),
        ("a\0b", "a\ufffdb"),
        # An end tag that a writer may leave out: the next of its kind, or the end of the list, ends what is hidden.
        ("<p hidden>not this<p>this</p><p>later</p>", "this\nlater"),
        ("<ul><li hidden>not<ul><li>this</ul>either<li>this</ul>later", "this\nlater"),
        ("<ul><li hidden>not this</ul>later", "later"),
        ("<table><tr hidden><td>not<td>this<tr><td>this</table>", "this"),
        ("<div hidden><p>not<p>this</div>this", "this"),
        ("", ""),
    ],
)
def test_what_is_shown_is_read(page, shown):
    assert visible_text(page) == shown


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("<meta charset='euc-kr'>손실".encode("euc-kr"), None, "<meta charset='euc-kr'>손실"),
        ("손실".encode("euc-kr"), "euc-kr", "손실"),
        ("손실".encode("utf-16"), None, "손실"),
        ("손실".encode("utf-8-sig"), "latin-1", "손실"),  # its own mark says more than who carried it
        ("손실".encode(), "no-such-charset", "손실"),
        ("9 \u20ac".encode("cp1252"), None, "9 \u20ac"),
        (b"<meta charset=rot13>a", None, "<meta charset=rot13>a"),  # a name for something that is no encoding
        (b"a\xff", "utf-8", "a\ufffd"),
    ],
)
def test_a_page_is_read_in_the_encoding_it_says(data, charset, text):
    assert decoded(data, charset) == text


def test_a_page_is_one_text_without_a_number():
    (page,) = read(b"<p>SYNTHETIC")
    assert (page.text, page.number, page.place) == ("SYNTHETIC", None, "")


@pytest.mark.parametrize(
    ("named", "data", "text"),
    [
        ("iso-8859-1", b"\x93lost\x94", "\u201clost\u201d"),  # browsers read it as windows-1252
        ("euc-kr", "\ub620\ubc29\uac01\ud558".encode("cp949"), "\ub620\ubc29\uac01\ud558"),
        ("gb2312", "\u9555\u57fa".encode("gb18030"), "\u9555\u57fa"),
        ("unicode_escape", b"\\u0061", "\\u0061"),  # no browser knows it, and none shows what it would hide
        ("utf-7", b"+AGE-", "+AGE-"),
        ("undefined", b"lost", "lost"),
        ("idna", b"lost", "lost"),
    ],
)
def test_a_charset_is_read_as_browsers_read_it(named, data, text):
    assert decoded(data, named) == text
