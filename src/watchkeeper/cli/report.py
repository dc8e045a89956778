"""Report commands: list, build and verify reports."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.figure import TraceOption
from watchkeeper.cli.options import (
    AsOfOption,
    ByOption,
    CaseOption,
    ClearanceOption,
    DemoOption,
    FormatOption,
    OutputOption,
)
from watchkeeper.cli.output import Format, emit, say

_MOVED = (
    ("claims new", "claims_new"),
    ("claims gone", "claims_gone"),
    ("rows gone", "ids_gone"),
    ("rows new", "ids_new"),
    ("rows changed", "rows_changed"),
    ("decided", "decisions"),
)


class Purpose(StrEnum):
    """What a report is built for."""

    draft = "draft"
    publication = "publication"


app = typer.Typer(help="Reports whose figures open to their rows.", no_args_is_help=True)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show what is being done on a terminal; stay silent elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading the record") as status:
        yield status.update


@app.command("list")
def list_(
    case: CaseOption = None, demo: DemoOption = False, form: FormatOption = None, output: OutputOption = None
) -> None:
    """List the reports built in the case, and the plans that can be built.

    Example: watchkeeper report list --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.reporting import list_reports

    emit(list_reports(open_case(case, demo=demo)), form=form, output=output)


@app.command("build")
def build(  # noqa: PLR0913, PLR0917 - each is an option of the command
    plan: Annotated[str, typer.Argument(help="Report plan, e.g. cyber-theft-2019.")],
    name: Annotated[
        str | None, typer.Option("--name", help="What to call it; default: the plan's name.", show_default=False)
    ] = None,
    as_of: AsOfOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder to write to; default: reports/NAME in the case.", show_default=False),
    ] = None,
    clearance: ClearanceOption = "RED",
    purpose: Annotated[
        Purpose, typer.Option("--for", help="publication: reviewed rows only, replies printed, every name looked at.")
    ] = Purpose.draft,
    chapter: Annotated[
        list[Path] | None,
        typer.Option(
            "--chapter", help="A chapter of your own, behind the plan's; may be repeated.", show_default=False
        ),
    ] = None,
    trace: TraceOption = None,
    by: ByOption = "",
    case: CaseOption = None,
    demo: DemoOption = False,
) -> None:
    """Build a report as PDF, HTML, DOCX and figures.json; the same inputs give the same bytes.

    Example: watchkeeper report build cyber-theft-2019 --demo --as-of 2026-11-22
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.reporting import build as run
    from watchkeeper.values.refused import Refused

    if demo and purpose is Purpose.publication:
        raise Refused("The bundled case publishes nothing; make a case of your own with `watchkeeper case init DIR`.")
    with progress() as said:
        told = run(
            open_case(case, demo=demo),
            plan,
            name=name,
            as_of=as_of,
            out=out,
            clearance=clearance,
            purpose=purpose,
            chapters=chapter or (),
            trace=trace,
            by=by or user(),
            said=said,
        )
    for file in told["files"]:
        typer.echo(told["folder"] / file)
    if told["withheld"]:
        say(f"{told['withheld']} of {told['figures']} figures are above TLP:{clearance} and withheld.")
    if told["missing_glyphs"]:
        shown = ", ".join(f"{point} ({n})" for point, n in told["missing_glyphs"].items())
        say(f"No font at hand has these characters; they are printed as their code points: {shown}.")
    if told["publication"]:
        say(f"Published as {told['publication']}; `watchkeeper report corrections` tells what reads otherwise later.")


@app.command("verify")
def verify(
    name: Annotated[str, typer.Argument(help="Name of a built report, or the folder it was built to with --out.")],
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Check a report's files and name every figure that drifted, with the claims and decisions behind it.

    Example: watchkeeper report verify cyber-theft-2019 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.reporting import verify as run

    told = run(open_case(case, demo=demo), name)
    if form in (None, Format.table) and output is None:
        for drift in told["drifted"]:
            _say_drift(drift)
        if told["reads_otherwise"]:
            say(f"Rows read otherwise, values as printed: {', '.join(told['reads_otherwise'])}")
        if told["withheld"]:
            say(f"Withheld by the report, so not compared: {', '.join(told['withheld'])}")
        say(f"{told['checked']} figures checked, {len(told['drifted'])} drifted.")
    else:
        emit(told["drifted"], form=form, output=output, whole=told)
    if told["drifted"]:
        raise typer.Exit(5)


@app.command("corrections")
def corrections(
    name: Annotated[
        str | None, typer.Argument(help="Name of a published report; default: all.", show_default=False)
    ] = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Name every figure of a published report that reads otherwise now, why, and the bundles that carry it.

    Example: watchkeeper report corrections --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.publishing import corrections as run

    rows = run(open_case(case, demo=demo), name)
    open_ = [row for row in rows if row["corrected"] is None]
    if form in (None, Format.table) and output is None:
        for row in rows:
            said = f", told by correction {row['corrected']}" if row["corrected"] else ""
            say(f"Report {row['report']}{said}")
            _say_drift(row)
            if row["bundles"]:
                say(f"  bundles made of it: {', '.join(row['bundles'])}")
        what = "figure or party reads" if len(rows) == 1 else "figures or parties read"
        say(f"{len(rows)} {what} otherwise; of {len(open_)} no correction told yet.")
    else:
        emit(rows, form=form, output=output)
    if open_:
        raise typer.Exit(5)


@app.command("correct")
def correct(
    name: Annotated[str, typer.Argument(help="Name of a published report.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is printed.")],
    by: ByOption = "",
    case: CaseOption = None,
) -> None:
    """Correct a published report: log it, and write a page that names every figure and bundle it touches.

    Example: watchkeeper report correct cyber-theft-2019 --reason "a State replied"
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.publishing import correct as run

    told = run(open_case(case), name, reason, by=by or user())
    typer.echo(told["page"])
    touched = ", ".join(_counted(len(told[f"{one}s"]), one) for one in ("figure", "bundle"))
    say(f"Correction {told['correction']}: {touched}.")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _say_drift(drift: Mapping[str, Any]) -> None:
    now = "as before, in other rows" if drift["old"] == drift["new"] else f"now {_words(drift['new'])}"
    say(f"{drift['figure']}: {_words(drift['old'])} is {now}")
    for words, key in _MOVED:
        if drift.get(key):
            say(f"  {words}: {', '.join(drift[key])}")


def _words(value: object) -> str:
    return json.dumps(value, sort_keys=True)
