"""Capture: what is recorded of bytes that are kept: their name, what they are, and from whom they came.

From whom bytes came can endanger a person. It stands in the log alone, protected as
`protection.yml` says, and no table or figure holds it.
"""

from __future__ import annotations

from collections.abc import Mapping

from watchkeeper.model.cells import Cells
from watchkeeper.model.custody import CLOCK
from watchkeeper.values.digest import Json


def obtained(told: Mapping[str, str | None]) -> dict[str, str]:
    """Return `obtained_from` and `obtained_how` of some cells, where they say anything.

    Raises:
        Invalid: a text with control characters, or too long.
    """
    cells = Cells(told)
    read = {name: cells.text(name) for name in ("obtained_from", "obtained_how")}
    cells.done("How the file was obtained")
    return {name: text for name, text in read.items() if text is not None}


def body(name: str, size: int, form: str, told: Mapping[str, str] | None = None) -> dict[str, Json]:
    """Return the body of a capture's statement.

    Args:
        name: File name as given.
        size: Bytes.
        form: What the bytes were understood to be.
        told: What `obtained` gave; what nobody said is left out.
    """
    return {"name": name, "bytes": size, "format": form, **(told or {}), "clock": CLOCK}
