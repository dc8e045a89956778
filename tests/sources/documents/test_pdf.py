"""PDF: each page has the text that the file says it has, and what cannot be read is said in words."""

from __future__ import annotations

import pytest
from tests.sources.documents import made

from watchkeeper.sources.documents import pdf
from watchkeeper.values.refused import Invalid


def pages(data):
    return [(page.number, " ".join(page.text.split())) for page in pdf.read(data)]


def test_pages_are_numbered_from_one_in_the_order_of_the_file():
    data = made.pdf("SYNTHETIC loss of 9 million", "", "The third page")
    assert pages(data) == [(1, "SYNTHETIC loss of 9 million"), (2, ""), (3, "The third page")]


def test_a_scanned_page_has_no_text():
    assert pages(made.SCANNED) == [(1, "")]


def test_a_file_that_only_forbids_printing_is_read():
    assert pages(made.encrypted(made.pdf("SYNTHETIC"), "")) == [(1, "SYNTHETIC")]


def test_an_encrypted_file_is_refused_saying_so():
    with pytest.raises(Invalid, match="the PDF is encrypted, and the empty password does not open it"):
        pages(made.encrypted(made.pdf("SYNTHETIC"), "secret"))


def test_a_script_is_not_run_and_the_words_beside_it_are_read():
    assert pages(made.WITH_A_SCRIPT) == [(1, "SYNTHETIC 9 million")]


@pytest.mark.parametrize("what", made.CYCLES)
def test_pages_that_lead_back_to_themselves_are_refused(what):
    with pytest.raises(Invalid, match=r"the PDF is damaged \(Detected cycl"):
        pages(made.CYCLES[what])


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_cut_file_is_refused(part):
    data = made.pdf("SYNTHETIC", "Second page")
    with pytest.raises(Invalid, match=r"the PDF is damaged .*It may be cut: get it anew\."):
        pages(data[: int(len(data) * part)])


def test_a_file_without_a_page_is_refused():
    with pytest.raises(Invalid, match="it has no page"):
        pages(made.raw_pdf(made.CATALOGUE, b"<< /Type /Pages /Kids [] /Count 0 >>"))


def test_a_file_of_more_pages_than_are_read_is_refused_before_one_is(monkeypatch):
    monkeypatch.setattr(pdf, "limit", lambda _: 2)
    assert len(pages(made.pdf("a", "b"))) == 2
    with pytest.raises(Invalid, match="it has more than the 2 pages that are read"):
        pages(made.pdf("a", "b", "c"))
