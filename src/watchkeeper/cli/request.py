"""Request commands: ask a party for its reply or a State for facts, and enter what became of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.options import (
    AsOfOption,
    ByOption,
    CaseOption,
    ClearanceOption,
    DemoOption,
    FormatOption,
    OutputOption,
    day,
    label,
)
from watchkeeper.cli.output import emit, say

if TYPE_CHECKING:
    from watchkeeper.store.case import Case

app = typer.Typer(help="Right of reply, and questions to a State or company.", no_args_is_help=True)

RequestArgument = Annotated[str, typer.Argument(help="Request id, e.g. REQ-1; see `request list`.")]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help="When: YYYY-MM-DD, or YYYY-MM-DDThh:mmZ in UTC. Default: now.", show_default=False),
]
ChannelOption = Annotated[str, typer.Option("--channel", help='Through what, e.g. "note verbale" or phone.')]
LabelOption = Annotated[
    str | None,
    typer.Option(
        "--tlp",
        parser=label,
        metavar="LABEL",
        help="CLEAR, GREEN, AMBER, AMBER+STRICT or RED. Default: the label of what it is about.",
        show_default=False,
    ),
]


@app.command("add")
def add(  # noqa: PLR0913, PLR0917 - each is an option of the command
    subject: Annotated[str, typer.Argument(help="Incident or party that it is about, e.g. UN19-21.")],
    to: Annotated[str, typer.Option("--to", help="To whom the letter goes.")],
    question: Annotated[list[str], typer.Option("--question", help="What is asked; again for each further question.")],
    deadline: Annotated[
        date, typer.Option("--deadline", parser=day, metavar="DATE", help="Until when a reply is asked, that day too.")
    ],
    party: Annotated[
        str | None, typer.Option("--party", help="Party whose right of reply it is.", show_default=False)
    ] = None,
    purpose: Annotated[
        str | None,
        typer.Option(
            "--purpose", help="right-of-reply or question. Default: the former with --party.", show_default=False
        ),
    ] = None,
    tlp: LabelOption = None,
    by: ByOption = "",
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Enter a request; its letter is a draft until you say that you sent it.

    Example: watchkeeper request add UN19-21 --to "Permanent Mission of KW" --question "How much?" --deadline 2019-07-31
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.requesting import add_request

    row = {
        "addressee": to,
        "questions": "\n".join(" ".join(one.split()) for one in question),
        "deadline": deadline.isoformat(),
        "party_id": party,
        "purpose": purpose,
    }
    told = add_request(open_case(case), subject, row, by=by or user(), tlp=tlp)
    _notes(told)
    say(f"Entered {told['request_id']}. Next: watchkeeper request letter {told['request_id']}")
    emit([told["request"]], form=form, output=output, whole=told)


@app.command("letter")
def letter(
    request: RequestArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write. Default: REQUEST.docx here.", show_default=False)
    ] = None,
    clearance: ClearanceOption = "CLEAR",
    case: CaseOption = None,
    demo: DemoOption = False,
) -> None:
    """Write the letter as DOCX, with the facts of this row or party alone; a file that differs is not overwritten.

    Example: watchkeeper request letter REQ-1 -o letter.docx
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.request_reading import save_letter

    told = save_letter(open_case(case, demo=demo), request, out or Path(f"{request}.docx"), clearance=clearance)
    typer.echo(told["file"])
    how = "Draft, not sent" if told["draft"] else "Dated as sent, from the record as it stood then"
    say(f"{how}: {told['facts']} statements with their sources.")
    for kept_back, number in told["withheld"].items():
        say(f"{number} more are above TLP:{clearance} and withheld (TLP:{kept_back}); the letter says how many.")


@app.command("sent")
def sent(
    request: RequestArgument,
    channel: ChannelOption,
    at: AtOption = None,
    tlp: LabelOption = None,
    by: ByOption = "",
    case: CaseOption = None,
) -> None:
    """Enter that the letter left, through what and when.

    Example: watchkeeper request sent REQ-1 --channel "note verbale" --at 2019-06-30
    """
    from watchkeeper.cli.opening import open_case

    _enter(open_case(case), request, "sent", {"channel": channel, "at": at}, by, tlp)


@app.command("attempt")
def attempt(
    request: RequestArgument,
    channel: ChannelOption,
    at: AtOption = None,
    tlp: LabelOption = None,
    by: ByOption = "",
    case: CaseOption = None,
) -> None:
    """Enter another attempt to reach the addressee.

    Example: watchkeeper request attempt REQ-1 --channel phone --at 2019-07-15T10:00Z
    """
    from watchkeeper.cli.opening import open_case

    _enter(open_case(case), request, "attempt", {"channel": channel, "at": at}, by, tlp)


@app.command("close")
def close(  # noqa: PLR0913, PLR0917 - each is an option of the command
    request: RequestArgument,
    reply: Annotated[
        str | None, typer.Option("--reply", help="SHA-256 of the held reply; see `add`.", show_default=False)
    ] = None,
    may_publish: Annotated[
        str | None, typer.Option("--may-publish", help="yes or no: may it be quoted?", show_default=False)
    ] = None,
    no_reply: Annotated[bool, typer.Option("--no-reply", help="No reply came; only after the deadline.")] = False,
    channel: Annotated[
        str | None, typer.Option("--channel", help="Through what the reply came.", show_default=False)
    ] = None,
    at: AtOption = None,
    tlp: LabelOption = None,
    by: ByOption = "",
    case: CaseOption = None,
) -> None:
    """Close a request with the reply that is held, or without one once the deadline is over.

    Example: watchkeeper request close REQ-1 --no-reply
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.request_reading import next_commands

    if (reply is None) != no_reply:
        raise typer.BadParameter("Give either --reply SHA with --may-publish yes or no, or --no-reply.")
    if (reply is None) != (may_publish is None):
        raise typer.BadParameter("--reply and --may-publish go together: may the reply be quoted, yes or no?")
    act = "no-reply" if no_reply else "replied"
    row = {"capture": reply, "may_publish": may_publish, "channel": channel, "at": at}
    opened = open_case(case)
    told = _enter(opened, request, act, row, by, tlp)
    if reply is not None:
        for words in next_commands(opened, told["request"]):
            say(words)


@app.command("waive")
def waive(
    reason: Annotated[str, typer.Option("--reason", help="Why no reply is sought; it is printed.")],
    request: Annotated[str | None, typer.Argument(help="Request id; or give --party.", show_default=False)] = None,
    party: Annotated[
        str | None, typer.Option("--party", help="Party that nobody asked, instead of a request.", show_default=False)
    ] = None,
    at: AtOption = None,
    tlp: LabelOption = None,
    by: ByOption = "",
    case: CaseOption = None,
) -> None:
    """Enter that no reply is sought, for a reason that every report prints.

    Example: watchkeeper request waive REQ-1 --reason "the addressee was dissolved"
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.requesting import waive_party

    if (request is None) == (party is None):
        raise typer.BadParameter("Name either a request, or with --party a party that nobody asked.")
    row = {"reason": reason, "at": at}
    if request is not None:
        _enter(open_case(case), request, "waived", row, by, tlp)
        return
    _told(waive_party(open_case(case), str(party), row, by=by or user(), tlp=tlp))


@app.command("list")
def list_(
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List all requests and where each stands.

    Example: watchkeeper request list --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.request_reading import list_requests

    emit(list_requests(open_case(case, demo=demo), as_of=as_of), form=form, output=output)


@app.command("show")
def show(
    request: RequestArgument,
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show a request: its steps, the custody of its reply, and what rests on that reply.

    Example: watchkeeper request show REQ-1
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.request_reading import show_request

    told = show_request(open_case(case, demo=demo), request, as_of=as_of)
    about = told["request"]
    say(f"{request} ({about['purpose']} on {about['subject']}, TLP:{about['tlp']}): {about['state']}")
    for number, question in enumerate(about["questions"], start=1):
        say(f"  {number}. {question}")
    say(told["sentence"])
    for one in told["custody"]:
        say(f"Reply {one['capture']}: {one['act']} at {one['at']}, {one['bytes']:,} bytes")
    for one in told["rests_on_reply"]:
        say(f"Rests on the reply: {one['entry']} on {one['on']}: {one['says']}")
    emit(told["steps"], form=form, output=output, whole=told)


def _enter(case: Case, request: str, act: str, row: dict[str, str | None], by: str, tlp: str | None) -> dict[str, Any]:
    from watchkeeper.runs.requesting import add_step

    told = add_step(case, request, act, row, by=by or user(), tlp=tlp)
    _told(told)
    return told


def _told(told: dict[str, Any]) -> None:
    _notes(told)
    say(f"{told['request'].id} stands at {told['state']}. {told['sentence']}")


def _notes(told: dict[str, Any]) -> None:
    for words in told["notes"]:
        say(words)
