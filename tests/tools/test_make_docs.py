"""The page of counting rules says what the cards say."""

from pathlib import Path

import make_docs


def test_the_page_of_counting_rules_is_the_one_the_cards_give():
    written = Path(__file__).parents[2] / make_docs.PAGE
    assert written.read_text("utf-8") == make_docs.page(), "run tools/make_docs.py"
