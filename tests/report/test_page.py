from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from tests.report.sample_document import BLOCKS, EDITION, KOREAN, RUNE, document, figure, numbers

from watchkeeper.report import document as doc
from watchkeeper.report import page
from watchkeeper.report.charts.map import DISCLAIMER

ROOT = Path(__file__).resolve().parents[2]
VOID = {"meta", "br", "link", "img"}


class Reader(HTMLParser):
    """Collects what a test asks for; it fails on an element that is closed out of turn."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.buttons: list[tuple[str, str]] = []
        self.target: str | None = None
        self.feed(source)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.elements.append((tag, told))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "button" and told.get("class") == "number":
            self.target = told["popovertarget"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "button":
            self.target = None

    def handle_data(self, data: str) -> None:
        if self.target:
            self.buttons.append((data, self.target))

    def all(self, attribute: str) -> list[str]:
        return [told[attribute] for _, told in self.elements if attribute in told]


@pytest.fixture(scope="module")
def source() -> str:
    return page.render(document()).decode()


@pytest.fixture(scope="module")
def reader(source: str) -> Reader:
    return Reader(source)


def test_the_page_asks_nothing_of_the_network(source: str, reader: Reader) -> None:
    assert not reader.all("src")
    assert "url(" not in source
    assert "@import" not in source
    assert {href[0] for href in reader.all("href")} == {"#"}
    assert not [tag for tag, _ in reader.elements if tag in ("script", "link", "img", "iframe", "object")]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in source


def test_ids_are_unique_and_every_link_leads_to_one(reader: Reader) -> None:
    ids = reader.all("id")
    assert len(ids) == len(set(ids))
    for name in ("popovertarget", "aria-labelledby"):
        assert set(reader.all(name)) <= set(ids)
    assert {href[1:] for href in reader.all("href")} <= set(ids)


def test_every_number_opens_the_card_of_its_figure(reader: Reader) -> None:
    captions = {block.caption for block in BLOCKS if isinstance(block, doc.TableBlock | doc.ChartBlock)}
    said = [words for words, _ in reader.buttons if words not in captions]
    assert said == numbers(document())
    cards = {told["id"] for tag, told in reader.elements if tag == "article" and "popover" in told}
    assert cards == {f"fig-{key}" for key in document().figures}
    assert {target for _, target in reader.buttons} <= cards


def test_a_card_shows_its_rows_with_separators_and_marks_the_disputed_one(source: str) -> None:
    card = source[source.index(f'<article class="card" id="fig-{EDITION}"') :]
    card = card[: card.index("</article>")]
    assert "81,000,000 to 101,000,000" in card
    assert "1,234,567.89" in card
    assert re.search(r'<tr class="disputed"><th[^>]*>X-02 <b class="mark">disputed</b>', card)
    assert card.count('class="mark"') == 1
    assert "No entry in any row: Note" in card
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)", card)
    assert heads[:6] == ["Incident id", "Occurred", "Loss reported", "Checked", "Source", "States"]
    assert "<caption><strong>35 reported instances</strong><br>2 rows" in card


def test_a_number_says_aloud_its_words_its_figure_and_what_it_does(source: str, reader: Reader) -> None:
    assert 'aria-label="35, Reported instances; open the figure">35</button>' in source
    said = [told["aria-label"] for tag, told in reader.elements if told.get("class") == "number"]
    assert len(said) == len(reader.buttons)
    for label, (words, _) in zip(said, reader.buttons, strict=True):
        assert label.startswith(words)
        assert label.endswith("; open the figure")


def test_a_figure_of_an_edition_also_answers_to_its_name_alone(source: str, reader: Reader) -> None:
    assert f'<a class="alias" id="fig-cyber.instances"></a>\n<article class="card" id="fig-{EDITION}"' in source
    assert source.count('class="alias"') == 1
    assert "fig-cyber.loss" in reader.all("id")


def test_of_two_editions_the_first_used_takes_the_name_and_a_figure_without_edition_keeps_its_own() -> None:
    assert page._aliases(dict.fromkeys(("a@2", "a@1", "b@1", "b"))) == {"a@2": "fig-a"}


def test_a_map_says_in_text_that_it_holds_no_opinion_on_boundaries(source: str) -> None:
    assert source.count(f'<p class="remark disclaimer">{DISCLAIMER}</p>') == 1
    assert source.index("</svg>") < source.index('<p class="remark disclaimer">')


def test_rows_of_a_card_scroll_with_the_card_and_not_within_it(source: str) -> None:
    style = source[source.index("<style>") : source.index("</style>")]
    assert not re.search(r"\.rows\s*{[^}]*max-height", style)


def test_words_of_sources_are_text_and_never_markup(source: str) -> None:
    assert "rows &amp; &lt;no&gt; more" in source
    assert "https://example.org/a?b=&lt;c&gt;&amp;d" in source
    hostile = doc.Paragraph((doc.Text("<script>1</script>"), doc.Quote("<b>"), doc.Note("<i>")), 1)
    assert "<script" not in page.render(document(blocks=(hostile,), title="<script>")).decode()


def test_korean_and_runes_stand_as_they_are(source: str) -> None:
    assert KOREAN in source
    assert RUNE in source


def test_notes_are_linked_both_ways_and_numbered_in_order(source: str) -> None:
    assert [int(n) for n in re.findall(r'id="note-(\d+)-back"', source)] == [1, 2, 3, 4]
    assert [int(n) for n in re.findall(r'<li id="note-(\d+)"', source)] == [1, 2, 3, 4]
    assert 'href="#note-4-back"' in source


def test_tables_have_captions_and_scopes_and_drawings_their_text(source: str, reader: Reader) -> None:
    tables = [tag for tag, _ in reader.elements if tag == "table"]
    assert len(tables) == source.count("<caption>")
    assert {told.get("scope") for tag, told in reader.elements if tag == "th"} <= {"col", "row"}
    assert "<desc>Three States." in source


def test_landmarks_a_way_past_the_contents_and_the_language_are_there(source: str, reader: Reader) -> None:
    tags = [tag for tag, _ in reader.elements]
    for tag in ("main", "nav", "header", "footer"):
        assert tag in tags
    assert '<html lang="en">' in source
    assert source.index('class="skip"') < source.index("<header")


def test_no_level_of_heading_is_skipped(reader: Reader) -> None:
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_text_stands_out_from_its_ground_by_four_and_a_half_to_one() -> None:
    grey, brown, navy = "55595e", "8a3b12", "1b3b5a"
    pairs = ((grey, "ffffff"), (grey, "f4f5f3"), (brown, "fdf3ea"), (navy, "e6edf3"), ("1a1a1a", "f4f5f3"))
    assert min(_contrast(ink, ground) for ink, ground in pairs) >= 4.5


def _contrast(first: str, second: str) -> float:
    """Return the contrast of two colours after WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_document_with_nothing_in_it_has_no_annex_and_no_notes() -> None:
    source = page.render(document(blocks=(), figures={}, cover=())).decode()
    Reader(source)
    assert "Annex" not in source
    assert "doc-endnotes" not in source


def test_a_figure_without_rows_shows_its_ids() -> None:
    source = page.render(document(blocks=(), figures={"k": figure("k", rows=[])})).decode()
    assert "Ids (2)</dt><dd>X-01, X-02" in source


def test_two_processes_in_two_time_zones_make_the_same_bytes(source: str, tmp_path: Path) -> None:
    script = (
        "import sys; from tests.report.sample_document import document; from watchkeeper.report import page;"
        "open(sys.argv[1], 'wb').write(page.render(document()))"
    )
    for zone, seed in (("Pacific/Auckland", "1"), ("America/Los_Angeles", "2")):
        told = {**os.environ, "TZ": zone, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / "made.html")], check=True, env=told, cwd=tmp_path)
        assert (tmp_path / "made.html").read_bytes().decode() == source
