"""Record commands: is the log whole, who else vouches for it, which personal fields it holds, erase them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.options import ByOption, CaseOption, DemoOption, FormatOption, OutputOption, day
from watchkeeper.cli.output import emit, say

app = typer.Typer(help="The record: proofs, custodians, personal fields.", no_args_is_help=True)


@app.command("check")
def check(
    against: Annotated[
        Path | None,
        typer.Option("--against", help="A checkpoint of this case that was kept elsewhere.", show_default=False),
    ] = None,
    spoken: Annotated[
        Path | None,
        typer.Option("--spoken", help="A file with the lines that `record anchor` printed.", show_default=False),
    ] = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Check the whole record: every frame, every field's digest, the signed root, every capture, the records' keys.

    Example: watchkeeper record check --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.auditing import audit

    told = audit(open_case(case, demo=demo), against, spoken)
    emit([{"what": key, "value": str(value)} for key, value in told.items()], form=form, output=output, whole=told)


@app.command("anchor")
def anchor(
    tsa: Annotated[
        list[str] | None,
        typer.Option(
            "--tsa", help="Address of a time-stamp authority (RFC 3161); give two or more.", show_default=False
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            help="Write the signed checkpoint to this new file, to be kept elsewhere.",
            show_default=False,
        ),
    ] = None,
    by: ByOption = "",
    case: CaseOption = None,
    demo: DemoOption = False,
) -> None:
    """Print the root of the record for a second custodian; with --tsa, have it time-stamped over the network.

    Example: watchkeeper record anchor --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.stamping import anchor as run

    told = run(open_case(case, demo=demo), tsa or [], by=by or user(), checkpoint_to=checkpoint)
    typer.echo(f"{told.size} statements, root {told.root}")
    typer.echo(told.spoken)
    for answer in told.answers:
        typer.echo(f"{answer['authority']}: {answer['answer']}")
    if not told.answers:
        say("No connection was opened. Read these lines to a second custodian, who writes them down with the day.")


@app.command("personal")
def personal(
    on: Annotated[
        date | None,
        typer.Option(
            "--on", parser=day, metavar="DATE", help="The day asked about; default: today.", show_default=False
        ),
    ] = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List the personal fields that are held: since when, until when, why, and which are to be erased.

    Example: watchkeeper record personal --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.erasing import held_on

    emit(held_on(open_case(case, demo=demo), on), form=form, output=output)


@app.command("erase")
def erase(
    record: Annotated[str, typer.Argument(help="Id of the record, as `record personal` prints it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; stands in the record, so repeat nothing of it.")],
    ground: Annotated[str, typer.Option("--ground", help='The legal ground, e.g. "retention ended".')],
    reports: Annotated[
        bool, typer.Option("--reports", help="Delete the reports in the case that hold what is erased.")
    ] = False,
    by: ByOption = "",
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Erase the personal fields of one record for good; its digests verify as before.

    Example: watchkeeper record erase c-0123456789abcdef0123 --reason "asked by the person" --ground "GDPR article 17"
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.erasing import erase as run

    told = run(open_case(case), record, reason, ground, by=by or user(), reports=reports)
    emit([told], form=form, output=output)


@app.command("copy")
def copy(
    target: Annotated[Path, typer.Argument(help="A folder that does not exist yet; with --to, a file.")],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="Encrypt to this age recipient (age1...); may be repeated.", show_default=False),
    ] = None,
    by: ByOption = "",
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Copy the record, without its keys, and check the copy from end to end.

    Example: watchkeeper record copy ../second-copy
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.copying import copy as run

    emit([run(open_case(case), target, by=by or user(), to=to or [])], form=form, output=output)
    say("The keys are not in it: back the folder keys/ up apart from the case.")
