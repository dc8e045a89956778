"""Options of the party commands that say what an entry rests on and whether its words are personal."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.options import day
from watchkeeper.cli.output import Format

Text = str | None
SourceOption = Annotated[Text, typer.Option("--source", help="Source id; see `ledger sources`.", show_default=False)]
CaptureOption = Annotated[Text, typer.Option("--capture", help="SHA-256 of held bytes; see `add`.", show_default=False)]
TranscriptionOption = Annotated[
    Text,
    typer.Option("--transcription", help="SHA-256 of held text typed from a capture without text.", show_default=False),
]
PageOption = Annotated[int | None, typer.Option("--page", min=1, help="Page in the source.", show_default=False)]
LocatorOption = Annotated[
    Text, typer.Option("--locator", help="Place in the source, if it is no page.", show_default=False)
]
QuoteOption = Annotated[
    Text, typer.Option("--quote", help="The source's words; held text must have them.", show_default=False)
]
CheckedOption = Annotated[
    Text,
    typer.Option(
        "--checked",
        help="text, secondary or recalled; default: the source's mark, for a new capture text.",
        show_default=False,
    ),
]
PublishedOption = Annotated[
    Text, typer.Option("--published-on", help="Day it was published; default: the source's.", show_default=False)
]
SinceOption = Annotated[
    Text, typer.Option("--since", help="From when it holds, e.g. 2019 or 2019-03-01.", show_default=False)
]
UntilOption = Annotated[
    Text, typer.Option("--until", help="Until when it held, that day or month included.", show_default=False)
]
StanceOption = Annotated[
    Text, typer.Option("--stance", help="states (default), or disputes: the source denies it.", show_default=False)
]
StatedByOption = Annotated[
    Text, typer.Option("--stated-by", help="Who states it, if not the publisher.", show_default=False)
]
StatedOnOption = Annotated[Text, typer.Option("--stated-on", help="When, as precisely as known.", show_default=False)]
NoteOption = Annotated[Text, typer.Option("--note", help="What a reader must know.", show_default=False)]
BasisOption = Annotated[
    Text,
    typer.Option(
        "--basis",
        help="Lawful basis for holding words on a person, which are encrypted; there is a default for persons.",
        show_default=False,
    ),
]
RetainOption = Annotated[
    date | None,
    typer.Option(
        "--retain-until",
        parser=day,
        metavar="DATE",
        help="When words on a person must go; default for persons: in ten years.",
        show_default=False,
    ),
]


def cells(**given: Any) -> dict[str, str | None]:
    """Return the cells that were given, as texts."""
    return {name: str(value) for name, value in given.items() if value is not None}


def readable(row: dict[str, Any], form: Format | None, output: Path | None) -> dict[str, Any]:
    """Return a row whose value a table for people leaves as it is: seven digits are a number of a ship, no amount."""
    table = form in (None, Format.table) and output is None
    return {**row, "value": [row["value"]]} if table and row["value"] is not None else row


def personal(basis: str | None, until: date | None) -> Any:
    """Return why words are held and until when, or None for what holds by default; the two options go together."""
    from watchkeeper.runs.claiming import Personal

    if (basis is None) != (until is None):
        raise typer.BadParameter("--basis and --retain-until go together: why words are held, and until when.")
    return Personal(basis, until) if basis and until else None
