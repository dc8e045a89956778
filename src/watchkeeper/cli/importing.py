"""Import commands: read the files of other tools into the case, each statement with its line and its source."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.options import ByOption, CaseOption, TlpOption, day
from watchkeeper.cli.output import say

app = typer.Typer(help="Read files of other tools; ledger tables: `ledger import`.", no_args_is_help=True)
_SHOWN = 20


@app.callback()
def _root() -> None:
    """Keep `import ftm` two words while it is the only one."""


@app.command("ftm")
def ftm(
    file: Annotated[Path, typer.Argument(help="FollowTheMoney entities, one JSON object a line.")],
    source: Annotated[str, typer.Option("--source", help="The source it is or comes from; see `ledger sources`.")],
    personal: Annotated[
        str | None,
        typer.Option(
            "--personal", help="Keep persons too, encrypted; the lawful basis for holding them.", show_default=False
        ),
    ] = None,
    retain_until: Annotated[
        date | None,
        typer.Option(
            "--retain-until", parser=day, metavar="DATE", help="With --personal: when they must go.", show_default=False
        ),
    ] = None,
    by: ByOption = "",
    tlp: TlpOption = None,
    case: CaseOption = None,
) -> None:
    """Read parties, facts and links from FollowTheMoney entities; the exit code is 4 if a line was rejected.

    Example: watchkeeper import ftm entities.ftm.json --source RECALLED
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.claiming import Personal
    from watchkeeper.runs.ftm_importing import import_ftm

    if (personal is None) != (retain_until is None):
        raise typer.BadParameter("--personal and --retain-until go together: why words are held, and until when.")
    held = Personal(personal, retain_until) if personal and retain_until else None
    told = import_ftm(open_case(case), file, source=source, by=by or user(), tlp=tlp, personal=held)
    for line in told.words():
        say(line)
    for bad in told.rejected[:_SHOWN]:
        say(f"{file.name}:{bad.line}: {bad.reason}")
    if len(told.rejected) > _SHOWN:
        say(f"... and {len(told.rejected) - _SHOWN} more lines were rejected.")
    if told.rejected:
        raise typer.Exit(4)
