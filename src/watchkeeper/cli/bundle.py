"""Bundle commands: hand a report over with its proofs, check a bundle, look into one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.options import ByOption, CaseOption, DemoOption, FormatOption, OutputOption
from watchkeeper.cli.output import Format, emit, say

app = typer.Typer(help="Bundles: a report that a stranger can check offline.", no_args_is_help=True)
_PUBLIC = "CLEAR"


@app.command("make")
def make(  # noqa: PLR0913, PLR0917 - each is an option of the command
    report: Annotated[str, typer.Argument(help="Name of a built report; see `report list`.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to put the bundle in.")] = Path(),
    public: Annotated[bool, typer.Option("--public", help="For everyone: the same as --clearance CLEAR.")] = False,
    clearance: Annotated[
        list[str] | None,
        typer.Option("--clearance", help="TLP label of the readers; give several for one root.", show_default=False),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="Encrypt to this age recipient (age1...); may be repeated.", show_default=False),
    ] = None,
    folder: Annotated[bool, typer.Option("--folder", help="Write a folder instead of a .zip.")] = False,
    by: ByOption = "",
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Bundle a report: its files, the statements behind it with proofs, and a verifier that needs only Python.

    Example: watchkeeper bundle make cyber-theft-2019 --public
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.bundling import make as run

    labels = [*(clearance or []), *([_PUBLIC] if public or not clearance else [])]
    opened = open_case(case, demo=demo)
    rows = run(
        opened, report, out, clearances=list(dict.fromkeys(labels)), by=by or user(), to=to or [], zipped=not folder
    )
    emit(rows, form=form, output=output)
    say(f"Key fingerprint, to be given over another channel: {opened.log.verifier.fingerprint}")


@app.command("verify")
def verify(
    bundle: Annotated[Path, typer.Argument(help="A bundle: its folder or its .zip.")],
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Check a bundle: every file, the signature, every statement's proof, every figure's steps.

    Example: watchkeeper bundle verify cyber-theft-2019-CLEAR.zip
    """
    from watchkeeper.evidence.verify import lines, to_json
    from watchkeeper.runs.bundling import check

    outcome = check(bundle)
    if form in (None, Format.table) and output is None:
        typer.echo("\n".join(lines(outcome)))
    else:
        told = to_json(outcome)
        emit(told["figures"], form=form, output=output, whole=json.loads(json.dumps(told)))
    if not outcome.sound:
        raise typer.Exit(5)


@app.command("show")
def show(
    bundle: Annotated[Path, typer.Argument(help="A bundle: its folder or its .zip.")],
    figure: Annotated[
        str | None, typer.Argument(help="A figure of it, to see the statements behind.", show_default=False)
    ] = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List the figures of a bundle with their verdicts, or show the statements behind one.

    Example: watchkeeper bundle show cyber-theft-2019-CLEAR.zip cyber.instances@S/2019/691
    """
    from watchkeeper.runs.bundling import show as run

    rows = run(bundle, figure)
    names = list(dict.fromkeys(name for row in rows for name in row))
    emit([{name: row.get(name) for name in names} for row in rows], form=form, output=output)
