"""Quoting: the words of a claim must stand where it says they stand, in the letters in which they stand there."""

from __future__ import annotations

import re

import pytest
from tests.sources.documents import made

from watchkeeper.runs.adding import add
from watchkeeper.runs.claiming import add_claim
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound, Unsound

REPLY = made.pdf(
    "SYNTHETIC. The office lost 9 million.",
    "On this page the sum of 9 million is repeated, and K\u0438m B\u0430nk is named.",
    "The third page begins a sentence that",
    "ends on the fourth.",
)
LOSS = "The office lost 9 million"


@pytest.fixture
def case(demo_case, clock):
    return Case(demo_case)


@pytest.fixture
def held(case, tmp_path):
    """Return a function that adds bytes to the case and returns their digest."""

    def hold(data, **cells):
        (tmp_path / "reply").write_bytes(data)
        return add(case, [tmp_path / "reply"], by="a", **cells)[0]["capture"]

    return hold


@pytest.fixture
def claim(case):
    """Return a function that enters a claim resting on a capture."""

    def enter(capture, **cells):
        return add_claim(case, "UN19-21", "modus=x", {"capture": capture, **cells}, by="a")

    return enter


@pytest.fixture
def refusal(case, claim):
    """Return a function that enters a claim which is refused, writes nothing, and ends with exit code 4."""

    def refused(capture, **cells):
        before = case.log.path.read_bytes()
        with pytest.raises(Invalid) as refusal:
            claim(capture, **cells)
        assert refusal.value.exit_code == 4
        assert case.log.path.read_bytes() == before
        assert "nothing was written" in str(refusal.value).lower()
        return str(refusal.value)

    return refused


def test_a_quote_that_stands_on_its_page_is_located(claim, held):
    told = claim(held(REPLY), page="1", quote=LOSS)
    assert (told["quote_located"], told["claim"]["locator"]) == (True, "page 1")
    assert "note" not in told["claim"]


def test_without_a_page_the_document_is_searched_and_the_locator_names_where_it_stands(claim, held):
    capture = held(REPLY)
    assert claim(capture, quote=LOSS)["claim"]["locator"] == "page 1"
    assert claim(capture, quote="9 million")["claim"]["locator"] == "pages 1, 2"
    assert claim(capture, quote="a sentence that ends on the fourth")["claim"]["locator"] == "pages 3-4"


def test_a_place_that_was_given_is_kept(claim, held):
    assert claim(held(REPLY), page="1", quote=LOSS, locator="paragraph 7")["claim"]["locator"] == "paragraph 7"


def test_a_quote_that_is_not_on_its_page_is_refused_and_the_right_page_named(held, refusal):
    capture = held(REPLY)
    words = refusal(capture, page="2", quote=LOSS)
    assert f"quote not on page 2 of capture {capture}" in words
    assert "It stands on page 1." in words
    assert "It stands on" not in refusal(capture, page="2", quote="The office lost 8 million")
    words = refusal(capture, page="3", quote="a sentence that ends on the fourth")
    assert "quote not on page 3" in words
    assert "It runs from page 3 to page 4: leave --page out." in words
    assert "quote not found in capture" in refusal(capture, quote="8 million")


def test_many_pages_are_told_in_part(claim, held):
    capture = held(made.pdf(*(f"SYNTHETIC page {number}" for number in range(8))))
    assert claim(capture, quote="SYNTHETIC page")["claim"]["locator"] == "pages 1, 2, 3, 4, 5 and 3 more"


def test_a_page_beyond_the_end_is_refused_with_how_many_there_are(held, refusal, claim):
    capture = held(REPLY)
    for quoted in ({"quote": LOSS}, {}):
        assert f"Capture {capture} has 4 pages; there is no page 5." in refusal(capture, page="5", **quoted)
    assert "has one page; there is no page 2." in refusal(held(made.pdf("SYNTHETIC")), page="2")
    told = claim(capture, page="4")
    assert (told["quote_located"], told["claim"]["locator"]) == (None, "page 4")


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("K\u0438m Bank is named", "the quote has a (U+0061, Latin Small Letter A; Latin script) where the"),
        ("the sum of 9 mi\u0406lion", "the quote has \u0406 (U+0406, Cyrillic Capital Letter Byelorussian-"),
        ("the sum of \uff19 million", "the quote has \uff19 (U+FF19, Fullwidth Digit Nine; full-width form) where the"),
        ("On this \u03c1age", "the quote has \u03c1 (U+03C1, Greek Small Letter Rho; Greek script) where the text"),
    ],
)  # fmt: skip
def test_letters_that_are_only_drawn_alike_are_refused_and_named_in_both_directions(held, refusal, quote, words):
    for page in ({"page": "2"}, {}):
        assert f"It is drawn the same with other letters: {words}" in refusal(held(REPLY), quote=quote, **page)


def test_a_quote_with_the_letters_of_the_document_is_located_and_flagged(claim, held):
    told = claim(held(REPLY), quote="B\u0430nk is named")
    assert told["quote_located"] is True
    assert told["flagged"] == ["quote: Latin and Cyrillic letters in one word: B<U+0430>nk"]


def test_letters_that_are_drawn_alike_are_named_in_plain_text_too(held, refusal):
    assert "where the text has a (U+0061" in refusal(held(b"SYNTHETIC Bank"), quote="B\u0430nk")


def test_what_typesetting_did_to_the_words_is_forgiven(claim, held):
    capture = held(
        made.pdf(
            "#set text(hyphenate: true)\nSYNTHETIC. "
            "It\u2019s the o\ufb03ce\u2019s extraordinarily unconventional loss, misappropriated"
        )
    )
    told = claim(capture, page="1", quote="It's the office's extraordinarily unconventional loss, misappropriated")
    assert told["quote_located"] is True


@pytest.mark.parametrize("page", [{}, {"page": "1"}])
def test_a_scanned_document_has_no_words_to_check(held, refusal, page):
    words = refusal(held(made.SCANNED), quote=LOSS, **page)
    assert "has no text, as a scanned one has none: quote cannot be checked; attach a transcription" in words


def test_a_scanned_page_among_others_has_none_either(held, refusal, claim):
    capture = held(made.pdf("SYNTHETIC", "#rect()"))
    assert f"page 2 of capture {capture} has no text" in refusal(capture, page="2", quote=LOSS)
    assert claim(capture, page="2")["claim"]["locator"] == "page 2"


IMAGES = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\x00", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"GIF89a\x00"]


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_no_words_to_check(held, refusal, claim, image):
    capture = held(image + b"SYNTHETIC")
    assert "is an image without text: quote cannot be checked; attach a transcription" in refusal(capture, quote=LOSS)
    assert claim(capture)["quote_located"] is None


@pytest.mark.parametrize("data", [made.SCANNED, IMAGES[0], made.encrypted(REPLY, "secret"), b"%PDF-1.7 SYNTHETIC"])
def test_a_transcription_that_has_the_words_is_accepted_and_named(claim, held, refusal, data):
    capture, typed = held(data), held(f"SYNTHETIC, typed by hand.\n{LOSS}.\n".encode())
    told = claim(capture, page="1", quote=LOSS, transcription=typed)
    assert (told["quote_located"], told["claim"]["transcription"]) == (True, typed)
    assert told["claim"]["locator"] == "page 1"
    assert f"quote not found in capture {typed}" in refusal(capture, quote="8 million", transcription=typed)


def test_a_transcription_does_not_make_a_page_that_is_not_there(held, refusal):
    typed = held(LOSS.encode())
    assert "has one page; there is no page 2." in refusal(held(made.SCANNED), page="2", quote=LOSS, transcription=typed)


def test_a_transcription_is_held_text_and_of_something_else(held, refusal, claim):
    capture, typed = held(made.SCANNED), held(LOSS.encode())
    assert "is no plain text" in refusal(capture, quote=LOSS, transcription=held(REPLY))
    assert "is text itself, and its words need no transcription" in refusal(typed, quote=LOSS, transcription=capture)
    with pytest.raises(NotFound, match="No capture ababab"):
        claim(capture, quote=LOSS, transcription="ab" * 32)


def test_a_claim_is_as_closed_as_its_transcription(case, claim, held):
    capture, typed = held(made.SCANNED, tlp="GREEN"), held(LOSS.encode(), tlp="AMBER+STRICT")
    told = claim(capture, quote=LOSS, transcription=typed)
    row = case.tables["claim"].filter(case.tables["claim"]["claim_id"] == told["claim_id"])
    assert (row["tlp"][0], row["transcription"][0]) == ("AMBER+STRICT", typed)


def test_an_encrypted_document_is_refused_saying_so_and_one_that_opens_without_a_password_is_read(held, refusal, claim):
    assert "the PDF is encrypted" in refusal(held(made.encrypted(REPLY, "secret")), quote=LOSS)
    assert claim(held(made.encrypted(REPLY, "")), quote=LOSS)["claim"]["locator"] == "page 1"


BAD = {
    "cut": REPLY[: len(REPLY) // 2],
    "nothing but its mark": b"%PDF-1.7 SYNTHETIC",
    **made.CYCLES,
    "a cut web archive": made.WARC[:-40],
    "a cut saved page": made.MHTML[:-30],
    "a cut WACZ": made.zipped(archive__a_warc=made.WARC)[:-30],
}


@pytest.mark.parametrize("what", BAD)
def test_a_damaged_document_is_refused_with_its_name(held, refusal, what):
    capture = held(BAD[what])
    assert refusal(capture, quote=LOSS).startswith(f"Capture {capture}: ")


def test_a_page_of_a_document_that_cannot_be_read_is_taken_as_given_where_nothing_is_quoted(claim, held):
    assert claim(held(made.encrypted(REPLY, "secret")), page="7")["claim"]["locator"] == "page 7"


def test_a_document_of_a_gigabyte_is_kept_and_a_quote_from_it_refused_unread(case, tmp_path, refusal, monkeypatch):
    with (tmp_path / "large.pdf").open("wb") as file:
        file.write(b"%PDF-1.7 SYNTHETIC\n")
        file.truncate(2**30)
    capture = add(case, [tmp_path / "large.pdf"], by="a")[0]["capture"]
    (tmp_path / "large.pdf").unlink()
    monkeypatch.setattr(captures, "read", None)
    before = case.log.path.read_bytes()
    with pytest.raises(Invalid, match=r"1073741824 bytes, and a document is read up to 268435456\. Extract the pages"):
        add_claim(case, "UN19-21", "modus=x", {"capture": capture, "page": "1", "quote": LOSS}, by="a")
    assert case.log.path.read_bytes() == before
    captures.path_of(case.folder, capture).unlink()  # a gigabyte is much to leave behind


def test_saved_pages_and_mail_are_searched_for_the_words_they_show_and_have_no_pages(claim, held, refusal):
    for data, quote in (
        (b"<html><script>9 billion</script><p>The loss was <b>9</b>&nbsp;million", "The loss was 9 million"),
        (made.MHTML, "The caf\u00e9 lost 9 million."),
        (made.MAIL, "loss of 9 million"),
    ):
        capture = held(data)
        told = claim(capture, quote=quote)
        assert (told["quote_located"], "locator" in told["claim"]) == (True, False)
        assert "quote not found in capture" in refusal(capture, quote="9 billion")
        assert "is text and has no pages, so nobody could look page 2 up" in refusal(capture, page="2", quote=quote)


@pytest.mark.parametrize("data", [made.WARC, made.zipped(archive__a_warc=made.WARC)])
def test_a_quote_from_a_web_archive_is_located_by_address_and_time(claim, held, refusal, data):
    capture = held(data)
    assert claim(capture, quote="Second words")["claim"]["locator"] == f"https://a.example/b, {made.AT}"
    assert "has no pages" in refusal(capture, page="1", quote="Second words")


def test_a_document_that_was_changed_since_lends_no_quote(case, claim, held):
    capture = held(REPLY)
    path = captures.path_of(case.folder, capture)
    path.chmod(0o644)
    path.write_bytes(REPLY.replace(b"/Type", b"/Typo"))
    with pytest.raises(Unsound, match="was changed on disk"):
        claim(capture, quote=LOSS)


def test_a_capture_that_only_begins_as_text_cannot_be_searched(held, refusal):
    capture = held(LOSS.encode() + b" " * 70_000 + b"\xff")
    assert "begins as text and holds other bytes from 70025 on: quote cannot be checked" in refusal(capture, quote=LOSS)


def test_the_command_says_where_the_quote_stands_and_takes_its_translation(watchkeeper, demo_case, tmp_path):
    (tmp_path / "reply.pdf").write_bytes(made.pdf("SYNTHETIC Loss", "SYNTHETIC Verlust von 9 Millionen"))
    capture = add(Case(demo_case), [tmp_path / "reply.pdf"], by="a")[0]["capture"]
    words = ("claim", "add", "UN19-21", "modus=x", "--capture", capture, "--quote", "Verlust von 9 Millionen")
    told = ("--lang", "DE", "--quote-translation", "loss of 9 million", "--translator", "A. Translator")
    ran = watchkeeper(*words, *told, "--case", demo_case)
    assert ran.code == 0
    assert "The quote stands in the capture, page 2." in ran.err
    last = Case(demo_case).log.read().statements[-1]["body"]
    assert {name: last[name] for name in ("quote", "lang", "quote_translation", "translator")} == {
        "quote": "Verlust von 9 Millionen",
        "lang": "de",
        "quote_translation": "loss of 9 million",
        "translator": "A. Translator",
    }
    ran = watchkeeper(*words, "--page", "1", "--case", demo_case)
    assert ran.code == 4
    assert "quote not on page 1" in re.sub(r"\s+", " ", ran.err)


def test_the_command_says_that_a_transcription_is_to_be_compared(watchkeeper, demo_case, tmp_path):
    (tmp_path / "scan.pdf").write_bytes(made.SCANNED)
    (tmp_path / "typed.txt").write_text(LOSS)
    paths = [tmp_path / "scan.pdf", tmp_path / "typed.txt"]
    scan, typed = (row["capture"] for row in add(Case(demo_case), paths, by="a"))
    words = ("claim", "add", "UN19-21", "modus=x", "--capture", scan, "--quote", LOSS, "--transcription", typed)
    ran = watchkeeper(*words, "--case", demo_case)
    assert ran.code == 0
    assert "The quote stands in the transcription." in ran.err


@pytest.mark.parametrize("page", ["0", "-1", "1e3", "\u00b2", "\u0663", "1.0", "9" * 5000])
def test_what_is_no_page_number_is_refused_in_words(held, refusal, page):
    assert "is no page number" in refusal(held(REPLY), page=page, quote=LOSS)


@pytest.mark.parametrize("data", [REPLY, b"SYNTHETIC. The office lost 19 million."])
def test_a_quote_says_something_and_cuts_no_number(held, refusal, data):
    assert "is a single sign" in refusal(held(data), quote="a")
    assert "quote not found" in refusal(held(data), quote="illion and 9")
    assert "quote not found" in refusal(held(b"SYNTHETIC. The office lost 19 million."), quote="9 million")


def test_a_transcription_that_says_what_a_readable_document_does_not_is_marked(claim, held):
    typed = held(b"SYNTHETIC. The office lost 8 million, and 9 million is repeated.")
    told = claim(held(REPLY), page="1", quote="lost 8 million", transcription=typed)
    assert told["claim"]["note"] == (
        "The document's own text was read and has not these words; they stand in the transcription alone."
    )
    assert "note" not in claim(held(REPLY), quote="9 million is repeated", transcription=typed)["claim"]


def test_no_control_character_of_a_web_archive_is_written_into_a_locator(claim, held):
    page = made.response(b"<p>The office lost 9 million</p>")
    capture = held(made.record("response", "https://a.example/\x1b[31m\u202e\u00fc", page))
    place = claim(capture, quote=LOSS)["claim"]["locator"]
    assert place == f"https://a.example/<U+001B>[31m<U+202E>\u00fc, {made.AT}"
