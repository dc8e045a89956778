"""Foreign document: only whole answers of pages come out of the jail; the rest is refused in words."""

from __future__ import annotations

import hashlib
import json

import pytest
from tests.sources.documents import made

from watchkeeper.sources import limits
from watchkeeper.sources.documents.documents import FORMATS, HTML, MHTML, PDF, WARC
from watchkeeper.sources.documents.page import Page
from watchkeeper.store import foreign_document, jail
from watchkeeper.store.foreign_document import read_foreign_document
from watchkeeper.values.refused import Invalid


def test_pages_come_with_their_numbers_or_their_places():
    found = read_foreign_document(made.pdf("SYNTHETIC 1", "SYNTHETIC 2"), PDF, "reply.pdf")
    assert [(page.number, page.place) for page in found] == [(1, ""), (2, "")]
    assert read_foreign_document(b"<p>SYNTHETIC", HTML, "a.html") == [Page("SYNTHETIC")]
    assert read_foreign_document(made.WARC, WARC, "a.warc")[1].place == f"https://a.example/b, {made.AT}"


@pytest.mark.parametrize("form", FORMATS)
def test_bytes_of_another_format_are_refused_with_the_name_of_the_file_or_read_as_text(form):
    if form in (HTML, MHTML):
        assert "SYNTHETIC" in read_foreign_document(b"\x00\xff SYNTHETIC", form, "reply")[0].text
        return
    with pytest.raises(Invalid, match=r"^reply: "):
        read_foreign_document(b"\x00\xff SYNTHETIC", form, "reply")


def test_a_document_larger_than_is_read_does_not_reach_the_child(monkeypatch):
    monkeypatch.setattr(foreign_document, "limit", lambda _: 5)
    monkeypatch.setattr(jail, "run", None)
    with pytest.raises(Invalid, match=r"reply\.pdf: 6 bytes, and a document is read up to 5\. Extract the pages"):
        read_foreign_document(b"%PDF-1", PDF, "reply.pdf")


@pytest.mark.parametrize(("key", "value"), [("document_wall", 0), ("document_processor", 1)])
def test_a_document_that_makes_its_reader_loop_is_ended(monkeypatch, key, value):
    """Ten million elements keep any reader of HTML busy for longer than a second of processor time."""
    monkeypatch.setattr(foreign_document, "limit", lambda name: value if name == key else limits.limit(name))
    with pytest.raises(Invalid, match=r"a\.html: the reader broke on it or was ended at a limit .*transcription"):
        read_foreign_document(b"<b></b>" * 10_000_000, HTML, "a.html")


def answer(*pages):
    lines = b"".join(json.dumps(page).encode() + b"\n" for page in pages)
    return lines + json.dumps({"pages": len(pages), "sha256": hashlib.sha256(lines).hexdigest()}).encode() + b"\n"


PAGE = {"number": 1, "place": "", "text": "SYNTHETIC"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(PAGE)[:-10], "gave no JSON"),
        (answer(PAGE).splitlines(keepends=True)[0], "broke off half way"),
        (answer(PAGE).replace(b"SYNTH", b"OTHER"), "broke off half way"),
        (answer(), "broke off half way"),
        (b"", "gave no JSON"),
        (answer([1]), "something that is no page"),
        (answer({**PAGE, "number": 2}), "something that is no page"),
        (answer({**PAGE, "text": None}), "something that is no page"),
        (answer({**PAGE, "more": 1}), "something that is no page"),
        (b'{"refused": "the PDF is encrypted"}\n', "reply: the PDF is encrypted"),
    ],
)
def test_an_answer_that_is_not_whole_is_not_believed(monkeypatch, said, words):
    monkeypatch.setattr(jail, "run", lambda *_: said)
    with pytest.raises(Invalid, match=words):
        read_foreign_document(b"%PDF-1", PDF, "reply")


def test_a_whole_answer_is_believed(monkeypatch):
    monkeypatch.setattr(jail, "run", lambda *_: answer(PAGE))
    assert read_foreign_document(b"%PDF-1", PDF, "reply") == [Page("SYNTHETIC", 1)]
