"""Export commands: the reviewed part of a case for the tools of others, FollowTheMoney or STIX 2.1."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchkeeper.cli.options import AsOfOption, CaseOption, ClearanceOption, DemoOption, OutputOption
from watchkeeper.cli.output import clean, say
from watchkeeper.values.refused import Invalid

if TYPE_CHECKING:
    from watchkeeper.runs.exporting import Exported

app = typer.Typer(help="Hand the reviewed part of a case to other tools.", no_args_is_help=True)


class Include(StrEnum):
    """What may be shown beside what is reviewed."""

    candidates = "candidates"


IncludeOption = Annotated[
    Include | None,
    typer.Option("--include", help="candidates: also what is not reviewed, marked as that.", show_default=False),
]


@app.command("ftm")
def ftm(
    include: IncludeOption = None,
    clearance: ClearanceOption = "CLEAR",
    as_of: AsOfOption = None,
    output: OutputOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
) -> None:
    """Write FollowTheMoney entities, one JSON object a line.

    Example: watchkeeper export ftm --include candidates --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.exporting import export_ftm

    opened = open_case(case, demo=demo)
    _hand_over(export_ftm(opened, clearance=clearance, candidates=include is not None, on=as_of), output)


@app.command("stix")
def stix(
    include: IncludeOption = None,
    clearance: ClearanceOption = "CLEAR",
    as_of: AsOfOption = None,
    output: OutputOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
) -> None:
    """Write a STIX 2.1 bundle.

    Example: watchkeeper export stix --include candidates --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.exporting import export_stix

    opened = open_case(case, demo=demo)
    _hand_over(export_stix(opened, clearance=clearance, candidates=include is not None, on=as_of), output)


def _hand_over(told: Exported, output: Path | None) -> None:
    if output is None:
        text = told.data.decode()
        sys.stdout.write(clean(text) if sys.stdout.isatty() else text)
    else:
        try:
            output.write_bytes(told.data)
        except OSError as error:
            raise Invalid(f"{output} cannot be written ({error.strerror}); name another file with -o.") from error
    for line in told.words():
        say(line)
