"""Trace notify: write to the services that a trace came to; `cli/trace.py` mounts the command."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.options import ByOption, CaseOption, ClearanceOption, FormatOption, OutputOption, day
from watchkeeper.cli.output import emit, say


class Role(StrEnum):
    """Who writes."""

    journalist = "journalist"
    victim = "victim"
    exchange = "exchange"
    authority = "authority"


def notify(  # noqa: PLR0913, PLR0917 - each is an option of the command
    trace: Annotated[str, typer.Argument(help="Trace, e.g. lifi; see `trace show`.")],
    role: Annotated[
        Role, typer.Option("--role", help="journalist: questions. exchange: facts. victim, authority: freeze.")
    ],
    service: Annotated[
        list[str], typer.Option("--service", help="Label of a sink, without its number; several with commas.")
    ],
    deadline: Annotated[
        date, typer.Option("--deadline", parser=day, metavar="DATE", help="Until when a reply is asked, that day too.")
    ],
    to: Annotated[
        str | None, typer.Option("--to", help="To whom it goes, of one service; default: its name.", show_default=False)
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--letters", help="Folder for the letters; default: here.", show_default=False)
    ] = None,
    clearance: ClearanceOption = "CLEAR",
    by: ByOption = "",
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Write a letter to each service that a trace came to, and enter the request; nothing is sent from here.

    Example: watchkeeper trace notify lifi --role journalist --service "eXch,ChangeHero" --deadline 2026-12-31
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.trace_notifying import notify as run

    services = [name.strip() for one in service for name in one.split(",") if name.strip()]
    if to is not None and len(services) != 1:
        raise typer.BadParameter("--to names the addressee of one service; leave it out, or name one service.")
    rows = run(
        open_case(case),
        trace,
        role=role.value,
        services=services,
        deadline=deadline,
        by=by or user(),
        to={services[0]: to} if to else None,
        out=folder,
        clearance=clearance,
    )
    for row in rows:
        entered = f"; {row['party_id']} was entered by the label's source" if row["party_entered"] else ""
        say(f"{row['request_id']} to {row['service']} ({row['party_id']}): {row['letter']}, a draft{entered}.")
        for words in row["notes"]:
            say(words)
    emit(rows, form=form, output=output)
