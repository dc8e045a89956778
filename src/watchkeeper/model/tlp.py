"""TLP: the labels of the Traffic Light Protocol 2.0, who may be shown what, and what holds where none is given.

Nothing is open by oversight: a label that is missing or unknown counts as RED. A label only ever gets
stricter on the way from a source to a figure.
"""

from __future__ import annotations

from collections.abc import Iterable

from watchkeeper.values.refused import Invalid

LABELS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
LAXEST, STRICTEST = LABELS[0], LABELS[-1]
# What an entry gets if whoever makes it says nothing: readable where it is made, and not passed on.
ON_ENTRY = "AMBER"


def read(text: str) -> str:
    """Return a label if it is one; raise `Invalid` with the known ones otherwise."""
    if text not in LABELS:
        raise Invalid(f'"{text}" is not one of {", ".join(LABELS)}.')
    return text


def strictest(labels: Iterable[str | None]) -> str:
    """Return the strictest of some labels; a missing or unknown one is RED, of none at all it is CLEAR."""
    return LABELS[max((_rank(label) for label in labels), default=0)]


def allowed(label: str | None, clearance: str) -> bool:
    """Return whether what carries a label may be shown at a clearance.

    Raises:
        Invalid: the clearance is no label; it is never guessed.
    """
    return _rank(label) <= LABELS.index(read(clearance))


def withheld(label: str | None) -> str:
    """Return what stands in the place of whatever is above a reader's clearance, e.g. "withheld (TLP:AMBER)"."""
    return f"withheld (TLP:{strictest([label])})"


def _rank(label: str | None) -> int:
    return LABELS.index(label) if label in LABELS else LABELS.index(STRICTEST)
