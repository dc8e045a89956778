"""Wording: what typesetting does to words is forgiven; a letter, a digit and a blank between words never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.values.wording import alike, says_something, stands, stands_as_typed


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("The loss amounted to 9 million", "SYNTHETIC. The loss\namounted  to\u00a09\u2009million."),
        ("the office of the first affiliate", "the o\ufb03ce of the \ufb01rst a\ufb03liate"),  # ligatures
        ("The loss amounted", "The loss amoun-\nted"),
        ("The loss amounted", "The loss amoun\u00ad\nted"),
        ("The loss amounted", "The loss amoun\u00adted"),
        ("The loss amounted", "The loss amoun\u2010 \n  ted"),
        ("a well-known bank", "a well-\nknown bank"),
        ("a well-known bank", "a well\u2011known bank"),
        ("between 9-10 million", "between 9-\n10 million"),
        ("The loss amoun-\nted", "The loss amounted"),  # pasted from another printing
        ('It said "it\'s lost"', "It said \u201cit\u2019s lost\u201d"),
        ("\u201elost\u201c", '"lost"'),
        ("caf\u00e9", "cafe\u0301"),
        ("lost...", "lost\u2026"),
        ("조선민주주의인민공화국", "조선민주주의\n인민공화국"),  # Korean lines break within a word, or at a blank
        ("인민 공화국", "인민\n공화국"),
        ("銀行の損失", "銀行\nの損失"),
        ("一月", "\u2f00月"),  # a radical for the letter, as some PDF files have it
        ("محمد", "\ufee3\ufea4\ufee4\ufeaa"),  # letters in the form that joins them
    ],
)
def test_what_typesetting_does_is_forgiven(quote, text):
    assert stands(quote, text)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("the loss", "The loss"),
        ("9 million", "8 million"),
        ("9 million", "9million"),
        ("9million", "9 million"),
        ("between 910 million", "between 9-\n10 million"),  # beside a digit the hyphen counts
        ("re-sign", "resign"),
        ("resign", "re-sign"),
        ("the bank", "the\nother bank"),
        ("10\u00b2", "102"),
        ("102", "10\u00b2"),  # a footnote's number is no digit of the amount
        ("1/2", "\u00bd"),
        ("cafe", "caf\u00e9"),
        ("amounted", "amoun- ted"),  # no line ends here
        ("인민공화국", "인민 공화국"),
        ("loss", ""),
        ("-", "a - b"),
        ("", "loss"),
    ],
)
def test_a_letter_a_digit_and_a_blank_are_not(quote, text):
    assert not stands(quote, text)


@pytest.mark.parametrize(
    ("quote", "text", "words"),
    [
        (
            "B\u0430nk of X",
            "Bank of X",
            "the quote has \u0430 (U+0430, Cyrillic Small Letter A; Cyrillic script) where the text has a (U+0061, ",
        ),
        (
            "Bank of X",
            "B\u0430nk of X",
            "the quote has a (U+0061, Latin Small Letter A; Latin script) where the text has \u0430 (U+0430, Cyrillic",
        ),
        (
            "\u039aim",
            "Kim",
            "the quote has \u039a (U+039A, Greek Capital Letter Kappa; Greek script) where the text has K",
        ),
        ("\uff2bim", "Kim", "the quote has \uff2b (U+FF2B, Fullwidth Latin Capital Letter K; full-width form)"),
        ("\U0001d40aim", "Kim", "the quote has \U0001d40a (U+1D40A, Mathematical Bold Capital K; mathematical letter)"),
        (
            "1O million",
            "10 million",
            "the quote has O (U+004F, Latin Capital Letter O; Latin script) where the text has 0",
        ),
        ("Ki\u0441k-\nback", "Kick-\nback", "the quote has \u0441 (U+0441, Cyrillic Small Letter Es; Cyrillic script)"),
    ],
)
def test_letters_that_are_drawn_alike_are_named_on_both_sides(quote, text, words):
    assert not stands(quote, text)
    (found,) = alike(quote, text)
    assert str(found).startswith(words)


def test_each_pair_of_letters_is_named_once():
    assert [(one.quoted, one.held) for one in alike("b\u0430n\u0430n\u0430 \u0441", "banana c")] == [
        ("\u0430", "a"),
        ("\u0441", "c"),
    ]


@pytest.mark.parametrize(("quote", "text"), [("Bank", "Tank"), ("Bank", "Bank"), ("Bank", ""), ("Ban\u043a", "Ban")])
def test_where_the_letters_are_the_same_or_look_different_there_is_nothing_to_name(quote, text):
    assert alike(quote, text) == ()


LETTERS = st.text("aA\u0430\u03bf0O1lI-\u2010\u00ad \n\u00a0\ufb01가\u200b\ue000\uff41.", max_size=30)


@given(LETTERS, LETTERS, LETTERS)
def test_words_taken_out_of_a_text_stand_in_it_and_no_two_texts_break_the_search(before, words, after):
    shown = stands(words, f"{before} {words} {after}")
    assert shown or not words.strip(" \n\u00a0-\u2010\u00ad\u200b")
    assert all(one.quoted != one.held for one in alike(before, after))


def test_a_long_quote_is_looked_for_in_a_long_text_in_no_time():
    assert stands("The loss amounted. " * 1000, "The loss amoun-\nted.\n" * 100_000)
    assert not stands("a" * 20_000 + "b", "a" * 2_000_000)


@pytest.mark.parametrize("found", [stands, stands_as_typed])
@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("5 million", "a loss of 35 million"),
        ("5 million", "a loss of 1.5 million"),
        ("000 USD", "a loss of 21,000 USD"),
        ("lost 21", "it lost 21,000 USD"),
        ("lost 2", "it lost 21 USD"),
        ("2018", "report 20181"),
    ],
)
def test_a_number_stands_there_whole_or_not_at_all(found, quote, text):
    assert not found(quote, text)
    assert found(quote, f"{text}, and {quote}.")  # where it stands whole as well, it stands


def test_a_number_ends_at_a_full_stop_or_comma_that_no_digit_follows():
    assert stands("in 2018", "It was in 2018. It was lost.")
    assert stands("35 million", "lost (35 million12), in all")  # a footnote's number behind a word


@pytest.mark.parametrize(("quote", "says"), [("a", False), (".", False), ("\u200b", False), ("\u201c ,", False),
                                             ("7", True), ("\ub3c8", True), ("no", True)])  # fmt: skip
def test_a_single_letter_or_sign_says_nothing(quote, says):
    assert says_something(quote) is says


def test_marks_of_direction_have_no_ink_but_what_reorders_letters_does():
    assert stands("pre ABC post", "pre \u200eABC\u200f post")
    assert not stands("abc", "a\u202eb\u202cc")


def test_nothing_stands_nowhere_in_plain_text():
    assert not stands_as_typed(" ", "loss")
