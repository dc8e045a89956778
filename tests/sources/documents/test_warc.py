"""WARC: each response that is HTML or text is found by its address and time, however it was sent."""

from __future__ import annotations

import gzip
import zlib

import pytest
from tests.sources.documents import made
from tests.sources.documents.made import record, response

from watchkeeper.sources.documents import warc
from watchkeeper.values.refused import Invalid

PAGES = [
    (f"https://a.example/, {made.AT}", "SYNTHETIC\nThe loss was 9 million."),
    (f"https://a.example/b, {made.AT}", "Second words."),
]


def pages(data):
    return [(page.place, page.text) for page in warc.read(data)]


def test_responses_of_html_and_text_are_pages_and_nothing_else_is():
    assert pages(made.WARC) == PAGES
    assert all(page.number is None for page in warc.read(made.WARC))


def test_a_file_in_gzip_is_read_whole_or_record_by_record():
    assert pages(gzip.compress(made.WARC, mtime=0)) == PAGES
    parts = made.WARC.split(b"WARC/1.0")[1:]
    assert pages(b"".join(gzip.compress(b"WARC/1.0" + part, mtime=0) for part in parts)) == PAGES


def body(*head, sent):
    (page,) = warc.read(record("response", "https://a.example/", response(sent, *head)))
    return page.text


WORDS = b"<p>SYNTHETIC words</p>"
BARE = zlib.compressobj(wbits=-15)
DEFLATED = BARE.compress(WORDS) + BARE.flush()


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        (("Transfer-Encoding: chunked",), b"9\r\n<p>SYNTHE\r\nD;x=1\r\nTIC words</p>\r\n0\r\n\r\n"),
        (("transfer-encoding: chunked",), WORDS),  # an archiver joined the chunks and left the head line
        (("Content-Encoding: gzip",), gzip.compress(WORDS, mtime=0)),
        (("Content-Encoding: deflate",), zlib.compress(WORDS)),
        (("Content-Encoding: deflate",), DEFLATED),
    ],
)
def test_what_the_transport_did_to_a_response_is_undone(head, sent):
    assert body(*head, sent=sent) == "SYNTHETIC words"


def test_a_response_is_read_in_the_encoding_its_server_named():
    sent = response("손실".encode("euc-kr"), kind='text/plain; Charset="euc-kr"')
    assert pages(record("response", "https://a.example/", sent))[0][1] == "손실"


def test_what_was_stored_without_a_head_of_http_is_read_too():
    data = record("resource", "<urn:a>", b"SYNTHETIC", "text/plain")
    assert pages(data) == [(f"urn:a, {made.AT}", "SYNTHETIC")]


def test_a_response_packed_in_a_way_that_is_not_read_is_no_page():
    unread = record("response", "https://a.example/br", response(b"x", "Content-Encoding: br"))
    assert pages(made.WARC + unread) == PAGES
    with pytest.raises(Invalid, match="no response in it is HTML or text"):
        pages(unread)


@pytest.mark.parametrize("lost", [5, 20, 60, 150])
def test_a_file_that_breaks_off_within_a_record_is_refused(lost):
    with pytest.raises(Invalid, match=r"the WARC file breaks off within record [45]\. It is cut"):
        pages(made.WARC[:-lost])
    with pytest.raises(Invalid, match="the gzip stream is cut"):
        pages(gzip.compress(made.WARC, mtime=0)[:-lost])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (made.WARC.replace(b"Content-Length: 21", b"Content-Length: -1"), "record 1 .* does not say how long it is"),
        (made.WARC.replace(b"Content-Length: 21", b"Content-Length: 20"), "record 1 .* does not end where it says"),
        (record("response", "a", b"HTTP/1.1 200 OK\r\nContent-Type: text/html"), "without an end of its head"),
        (made.WARC.replace(b"WARC/1.0\r\nWARC-Type: request", b"WERC/1.0\r\nWARC-Type: request"), "record 2 .* begin"),
        (record("response", "a", response(b"\x78xxx", "Content-Encoding: deflate")), "packed and damaged"),
        (record("response", "a", response(zlib.compress(WORDS)[:-6], "Content-Encoding: deflate")), "breaks off"),
        (record("response", "a", response(b"x", "Content-Encoding: gzip")), "gzip stream is"),
    ],
)
def test_a_damaged_file_is_refused_and_says_where(data, words):
    with pytest.raises(Invalid, match=words):
        pages(data)


def test_a_file_that_expands_beyond_what_is_read_is_refused(monkeypatch):
    monkeypatch.setattr(warc, "limit", lambda _: 100)
    with pytest.raises(Invalid, match="it expands to more than the 100 bytes that are read"):
        pages(gzip.compress(made.WARC, mtime=0))


def test_an_address_that_is_no_ascii_or_no_text_at_all_ends_no_reading():
    odd = record("response", "https://a.example/x", response(b"words")).replace(b"/x", b"/\xc3\xbc\xff")
    (page,) = warc.read(odd)
    assert (page.place, page.text) == (f"https://a.example/\u00fc\ufffd, {made.AT}", "words")
