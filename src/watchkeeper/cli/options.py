"""Options: the ones that many commands share, worded once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.output import Format
from watchkeeper.model import tlp
from watchkeeper.values import when
from watchkeeper.values.refused import Invalid


def day(text: str) -> date:
    """Read a day option; a wrong one is a usage error that says how to write it."""
    try:
        return when.parse_day(text)
    except Invalid as refusal:
        raise typer.BadParameter(str(refusal)) from refusal


def label(text: str) -> str:
    """Read a TLP label option; a wrong one is a usage error that lists the known ones."""
    try:
        return tlp.read(text)
    except Invalid as refusal:
        raise typer.BadParameter(str(refusal)) from refusal


CaseOption = Annotated[
    Path | None,
    typer.Option("--case", help="Case folder; default: the nearest one at or above here.", show_default=False),
]
DemoOption = Annotated[bool, typer.Option("--demo", help="Use the bundled case, built once into your cache.")]
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="How to write; default: table, or as -o ends.", show_default=False),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write instead of standard output.", show_default=False)
]
EditionOption = Annotated[
    str | None,
    typer.Option("--edition", help="Count a published set, e.g. S/2019/691; filters nothing else.", show_default=False),
]
AsOfOption = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=day,
        metavar="DATE",
        help="What the record knew on that day; undated claims are counted apart.",
        show_default=False,
    ),
]
PopulationOption = Annotated[
    str, typer.Option("--population", help="Which incidents: panel-2019, later, record or everything.")
]
ByOption = Annotated[
    str, typer.Option("--by", help="Who enters it; stands in the record. Default: your login name.", show_default=False)
]
TlpOption = Annotated[
    str | None,
    typer.Option(
        "--tlp",
        parser=label,
        metavar="LABEL",
        help="CLEAR, GREEN, AMBER, AMBER+STRICT or RED. Default: the stricter of its source's and "
        "its capture's; AMBER if it rests on none.",
        show_default=False,
    ),
]
ClearanceOption = Annotated[
    str,
    typer.Option(
        "--clearance",
        parser=label,
        metavar="LABEL",
        help="TLP label up to which readers may see; what is above it is withheld. RED shows everything.",
    ),
]
