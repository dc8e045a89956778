"""Output: rows to standard output or a file, in the format asked for; words go to standard error.

Text that would start a formula in a spreadsheet is guarded with an apostrophe, and control
characters never reach the terminal: a file from outside must not run or repaint anything.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from watchkeeper.values.csv_text import line
from watchkeeper.values.refused import Invalid, Refused
from watchkeeper.values.texts import visible

# Of ASCII digits alone: other scripts' digits pass for digits in Python, and read as no number.
_AMOUNT = re.compile(r"[0-9]{5,}|[0-9]+\.[0-9]+")


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


def emit(rows: Sequence[dict[str, Any]], *, form: Format | None, output: Path | None, whole: Any = None) -> None:
    """Write rows; `whole` is what JSON gets instead of the bare rows."""
    chosen = _format(form, output)
    if chosen is Format.parquet:
        _parquet(rows, output)
        return
    text = {
        Format.table: lambda: _table(rows),
        Format.json: lambda: (
            json.dumps(rows if whole is None else whole, ensure_ascii=False, indent=2, default=str) + "\n"
        ),
        Format.jsonl: lambda: "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows),
        Format.csv: lambda: _csv(rows),
    }[chosen]()
    if output is not None:
        _save(output, text.encode())
        return
    # A pipe gets the data as they are; a terminal would obey an escape sequence in a file's name.
    sys.stdout.write(clean(text) if sys.stdout.isatty() else text)


def say(words: str) -> None:
    """Write words to standard error, without control characters."""
    sys.stderr.write(clean(words) + "\n")


def clean(text: str) -> str:
    """Return a text with every control and format character except line breaks and tabs shown as its code point."""
    return visible(text)


def _format(form: Format | None, output: Path | None) -> Format:
    if form is not None:
        return form
    if output is None:
        return Format.table
    suffix = output.suffix.removeprefix(".")
    if suffix not in Format.__members__:
        raise Refused(
            f"The format cannot be told from {output.name}; end it in .json, .jsonl, .csv "
            "or .parquet, or give --format."
        )
    return Format(suffix)


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    header = [list(rows[0])] if rows else []
    return "".join(line(cells) for cells in (*header, *([_flat(v) for v in row.values()] for row in rows)))


def _parquet(rows: Sequence[dict[str, Any]], output: Path | None) -> None:
    if output is None:
        raise Refused("Parquet is no text; name a file with -o FILE.parquet.")
    import polars as pl

    data = io.BytesIO()
    pl.DataFrame(list(rows), infer_schema_length=None).write_parquet(data)
    _save(output, data.getvalue())


def _save(output: Path, data: bytes) -> None:
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Invalid(f"{output} cannot be written ({error.strerror}); name another file with -o.") from error


def _flat(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _table(rows: Sequence[dict[str, Any]]) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return "No rows\n"
    shown = [name for name in rows[0] if any(row[name] not in (None, "", []) for row in rows)]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in shown:
        numeric = all(row[name] is None or isinstance(row[name], int) or _amount(row[name]) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(_shown(row[name]))) for name in shown))
    text = io.StringIO()
    # Not a terminal, whatever FORCE_COLOR says: a table in a file or a pipe is data.
    console = Console(file=text, width=None if sys.stdout.isatty() else 200, highlight=False, force_terminal=False)
    console.print(table)
    return "\n".join(each.rstrip() for each in text.getvalue().splitlines()) + "\n"


def _amount(value: Any) -> bool:
    return isinstance(value, str) and _AMOUNT.fullmatch(value) is not None


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if _amount(value):
        whole, point, part = value.partition(".")
        return f"{int(whole):,}{point}{part}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(_flat(value))
