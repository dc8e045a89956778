"""CSV text: rows as every file of ours has them, in which no cell starts a formula in a spreadsheet.

Text that would is guarded with an apostrophe, which a spreadsheet hides and a program sees. A negative number is no
formula and stays as it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

# OWASP, "CSV Injection": the four signs, tab, return and line feed; spreadsheets in East Asia take wide signs too.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?\Z")


def guarded(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    formula = isinstance(value, str) and value.startswith(_STARTS) and not _NEGATIVE.match(value)
    return f"'{value}" if formula else value


def line(cells: Sequence[Any]) -> str:
    """Return one line of a CSV file, its cells guarded, ending in a line feed."""
    out = io.StringIO()
    csv.writer(out).writerow([guarded(cell) for cell in cells])  # CR LF, or a bare CR in a cell would not be quoted
    return out.getvalue().removesuffix("\r\n") + "\n"
