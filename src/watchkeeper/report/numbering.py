"""Numbering: the labels that blocks carry on paper, the same in every form of a report.

Chapters count I., II., sections A., B. within their chapter, as documents of the United Nations do;
tables count 1, 2 and drawings I, II through the report. A chapter that is nothing but a box of the
same title stands without a number, and its box does not say the title again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from watchkeeper.report.document import (
    Block,
    Box,
    Bullets,
    ChartBlock,
    Document,
    Heading,
    Inline,
    Note,
    Paragraph,
    Recommendation,
    TableBlock,
)

_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its label ("II.", "A.", "Table 3", "Figure I" or "") and an anchor for links to it."""

    block: Block
    label: str
    anchor: str


def placed(blocks: Sequence[Block]) -> tuple[Placed, ...]:
    """Return the blocks in their order, each with its label."""
    return tuple(_placed(blocks))


def items(block: Block) -> tuple[tuple[Inline, ...], ...]:
    """Return the runs of a block, one tuple a point or paragraph; none for headings, tables and drawings."""
    match block:
        case Paragraph(inlines=runs) | Recommendation(inlines=runs):
            return (runs,)
        case Box(items=points) | Bullets(items=points):
            return points
        case _:
            return ()


def notes(blocks: Sequence[Block]) -> tuple[Note, ...]:
    """Return the notes in the order of their numbers; the first is note 1, and a shared one stands once."""
    every = (run for block in blocks for item in items(block) for run in item if isinstance(run, Note))
    numbers = Numbers()
    return tuple(note for note in every if numbers.of(note)[1])


class Numbers:
    """Numbers notes as they are met: a shared one keeps the number of its first call."""

    def __init__(self) -> None:
        """Begin with nothing met."""
        self._last = 0
        self._shared: dict[str, int] = {}

    def of(self, note: Note) -> tuple[int, bool]:
        """Return the number of a note, and whether it is called here for the first time."""
        if note.shared and note.words in self._shared:
            return self._shared[note.words], False
        self._last += 1
        if note.shared:
            self._shared[note.words] = self._last
        return self._last, True


def annexes(document: Document) -> dict[str, str]:
    """Return the titles of the annexes that a document has, e.g. {"cards": "Annex I. Figure cards"}."""
    has_recommendations = any(isinstance(block, Recommendation) for block in document.blocks)
    names = {"recommendations": "Recommendations"} if has_recommendations else {}
    names |= {"cards": "Figure cards"} if document.figures else {}
    return {key: f"Annex {roman(place)}. {name}" for place, (key, name) in enumerate(names.items(), start=1)}


def short_title(title: str) -> str:
    """Return what stands before a colon in a title, for the head of each page."""
    return title.partition(":")[0]


def roman(number: int) -> str:
    """Return a number from 1 to 89 in Roman numerals."""
    letters = ""
    for value, letter in _ROMAN:
        letters += letter * (number // value)
        number %= value
    return letters


def _placed(blocks: Sequence[Block]) -> Iterator[Placed]:
    chapters = sections = tables = drawings = 0
    for place, block in enumerate(blocks):
        label = ""
        match block:
            case Heading(level=1):
                sections = 0
                if not _headed_box(block, blocks[place + 1 : place + 2]):
                    chapters += 1
                    label = f"{roman(chapters)}."
            case Heading(level=2):
                sections += 1
                label = f"{_letters(sections)}."
            case TableBlock():
                tables += 1
                label = f"Table {tables}"
            case ChartBlock():
                drawings += 1
                label = f"Figure {roman(drawings)}"
        yield Placed(_untitled(block, blocks[max(place - 1, 0) : place]), label, f"block-{place + 1}")


def _headed_box(heading: Heading, following: Sequence[Block]) -> bool:
    return any(isinstance(block, Box) and block.title == heading.words for block in following)


def _untitled(block: Block, before: Sequence[Block]) -> Block:
    if isinstance(block, Box) and any(isinstance(head, Heading) and head.words == block.title for head in before):
        return replace(block, title="")
    return block


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
