"""Demo: build the bundled case and both reports, print the headline figures and how to open each."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.options import AsOfOption
from watchkeeper.cli.output import say
from watchkeeper.cli.report import progress


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put the case and its reports; made anew each time.")] = Path(
        "demo"
    ),
    as_of: AsOfOption = None,
) -> None:
    """Build a case from the bundled ledger and two reports, and print what to look at.

    Example: watchkeeper demo
    """
    from watchkeeper.runs.demonstrating import demonstrate

    with progress() as said:
        told = demonstrate(folder, as_of=as_of, said=said, program=_program())
    for line in told:
        typer.echo(line)
    say("Nothing here is invented: every row names its source; none of the documents themselves are held.")


def _program() -> str:
    """Return what to type for this program: its name if a shell finds it, else the path it was started by."""
    return "watchkeeper" if shutil.which("watchkeeper") else sys.argv[0]
