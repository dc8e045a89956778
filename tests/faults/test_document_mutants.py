"""Document mutants: whatever is done to a document, the process that asked gets pages or words, and goes on."""

from __future__ import annotations

import pytest
from tests.faults.bad_bytes import spoilt
from tests.faults.scale import chance, trials
from tests.sources.documents import made

from watchkeeper.sources.documents.documents import HTML, MAIL, MHTML, PDF, WACZ, WARC
from watchkeeper.store.foreign_document import read_foreign_document
from watchkeeper.values.refused import Invalid

MUTANTS = 100  # each starts a process
PDFS = [
    made.pdf("SYNTHETIC loss of 9 million", "Second page"),
    made.SCANNED,
    made.WITH_A_SCRIPT,
    made.encrypted(made.pdf("SYNTHETIC"), ""),
    *made.CYCLES.values(),
]
OTHERS = {
    HTML: b"<html><p hidden>SYNTHETIC</p><script>x</script><p>words",
    MHTML: made.MHTML,
    MAIL: made.MAIL,
    WARC: made.WARC,
    WACZ: made.zipped(archive__a_warc=made.WARC),
}


def read_or_refused(data, form):
    """Return whether a document was read; anything but pages of text or words of refusal fails the test."""
    try:
        pages = read_foreign_document(data, form, "mutant")
    except Invalid as refusal:
        return not str(refusal).startswith("mutant: ") and pytest.fail(f"a refusal without a name: {refusal}")
    assert pages
    assert all(isinstance(page.text, str) for page in pages)
    return True


def test_a_mutated_pdf_is_read_or_refused():
    draw = chance("pdf")
    read = [read_or_refused(b"%PDF-1.7" + spoilt(draw.choice(PDFS)[8:], draw), PDF) for _ in range(trials(MUTANTS))]
    assert set(read) == {True, False}  # some survive it and some do not, or nothing was tried


def test_bytes_changed_within_the_streams_of_a_pdf_are_read_or_refused():
    draw = chance("pdf streams")
    outcomes = []
    for _ in range(trials(MUTANTS)):
        data = bytearray(PDFS[0])
        for _ in range(draw.randrange(1, 20)):
            data[draw.randrange(8, len(data))] = draw.randrange(256)
        outcomes.append(read_or_refused(bytes(data), PDF))
    assert True in outcomes  # a few changed bytes leave most of them readable


@pytest.mark.parametrize("form", OTHERS)
def test_a_mutant_of_another_format_is_read_or_refused(form):
    draw = chance(form)
    outcomes = [read_or_refused(spoilt(OTHERS[form], draw), form) for _ in range(trials(MUTANTS // 2))]
    assert len(outcomes) == trials(MUTANTS // 2) > 0


def test_the_good_ones_are_read():
    assert [read_or_refused(data, PDF) for data in PDFS] == [True, True, True, True, False, False, False]
    assert all(read_or_refused(data, form) for form, data in OTHERS.items())
