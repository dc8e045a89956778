"""Style: the colours and sizes that all charts share, and how a value is written.

The colours of series differ in lightness, so they hold in grey print and for those who cannot
tell red from green; tones are one hue, dark for much. No text is smaller than 6.5 pt.
"""

from __future__ import annotations

from decimal import Decimal

from watchkeeper.report.drawing import Item, Rect, Text, text_width

INK = "#1a1a1a"
MUTED = "#55595e"
RULE = "#8a8d91"
GRID = "#dcdcd8"
PAPER = "#ffffff"
LAND = "#e3e1da"
LAND_COUNTED = "#c3ced8"
SERIES = ("#1b3b5a", "#d9973b", "#b9cad6", "#3f7358")
TONES = ("#1b3b5a", "#4f7fa3", "#9dbbd0", "#d8e3eb")

SMALL_PT = 6.5
LABEL_PT = 7.0
TITLE_PT = 7.5
NOT_KNOWN = "n/a"

Value = Decimal | int


def written(value: Value | None) -> str:
    """Return a value with a comma every three digits and the decimals it came with; unknown is "n/a", never 0."""
    return NOT_KNOWN if value is None else f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def checked(value: Value | None) -> Value | None:
    """Return the value, or raise ValueError if no bar from zero can show it."""
    if value is not None and (not Decimal(value).is_finite() or value < 0):
        raise ValueError(f"a bar from zero cannot show {value}")
    return value


def wrapped(words: str, size: float, width: float) -> list[str]:
    """Return a sentence in lines that fit a width; a word wider than that has a line of its own."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def key(entries: tuple[tuple[str, str, str], ...], *, right: float, baseline: float) -> list[Item]:
    """Return a legend of swatches in a row that ends at `right`; an entry is fill, stroke and words."""
    items: list[Item] = []
    x = right
    for fill, stroke, words in reversed(entries):
        x -= text_width(words, SMALL_PT)
        items.append(Text(x, baseline, words, SMALL_PT, fill=INK))
        items.append(Rect(x - 10, baseline - 5.2, 7, 5.6, fill, stroke, 0.6))
        x -= 22
    return items
