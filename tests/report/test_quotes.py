from __future__ import annotations

import pytest
from tests.report.sample_document import document

from watchkeeper.report import document as doc
from watchkeeper.report.quotes import curled, in_document


@pytest.mark.parametrize(
    ("straight", "curly"),
    [
        ("the people's", "the people’s"),
        ('printed as "a body stated"', "printed as “a body stated”"),
        ('("so")', "(“so”)"),
        ("the sources' own", "the sources’ own"),
        ("'so', it says", "‘so’, it says"),
    ],
)
def test_straight_marks_become_curly(straight: str, curly: str) -> None:
    assert curled(straight) == curly


def test_the_words_of_a_source_and_the_cells_of_a_table_stand_as_they_came() -> None:
    table = doc.TableBlock("k", "A's", ("A's",), ("left",), (("A's",),))
    told = in_document(document(blocks=(doc.Paragraph((doc.Quote("A's"), doc.Text("A's")), 1), table)))
    paragraph, block = told.blocks
    assert isinstance(paragraph, doc.Paragraph)
    assert paragraph.inlines == (doc.Quote("A's"), doc.Text("A’s"))
    assert isinstance(block, doc.TableBlock)
    assert (block.caption, block.header, block.rows) == ("A’s", ("A's",), (("A's",),))
