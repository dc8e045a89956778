"""Decide, review and history: what people hold, what waits for them, and how it came to be."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.options import (
    AsOfOption,
    ByOption,
    CaseOption,
    DemoOption,
    FormatOption,
    OutputOption,
    TlpOption,
    day,
)
from watchkeeper.cli.output import emit, say

review = typer.Typer(help="What waits for a person.", no_args_is_help=True)


def decide(  # noqa: PLR0913, PLR0917 - each is an option of the command
    subject: Annotated[
        str, typer.Argument(help="Incident, party, claim, fact, link, label, trace, or a decision, e.g. UN19-34.")
    ],
    verdict: Annotated[
        str, typer.Argument(help="e.g. contested, reviewed, same-as; of a decision: confirmed, undone, dissent.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")],
    other: Annotated[
        str | None,
        typer.Option("--other", help="The second of a pair: same-event, same-as.", show_default=False),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=day, metavar="DATE", help="Last day on which it holds.", show_default=False),
    ] = None,
    by: ByOption = "",
    tlp: TlpOption = None,
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Enter a verdict with its reason; most take effect once a second account gives the same.

    Example: watchkeeper decide UN19-34 contested --reason "exchange reported an inside job" --by a.kim
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.deciding import decide as run

    told = run(open_case(case), subject, verdict, reason=reason, by=by or user(), other=other, until=until, tlp=tlp)
    if told["waits_for"]:
        say(
            f"Entered {told['decision_id']}. It changes nothing until another account agrees: "
            f"watchkeeper decide {told['decision_id']} confirmed --reason ... --by SOMEONE-ELSE"
        )
    elif told["state"] == "in force":
        say(f"Entered {told['decision_id']}. In force: {told['verdict']}, by {' and '.join(told['by'])}.")
    else:
        say(f"Entered {told['decision_id']}.")
    row = {name: told["decision"].get(name) for name in ("subject", "verdict", "other", "until", "author")}
    emit([{"decision_id": told["decision_id"], **row, "state": told["state"]}], form=form, output=output, whole=told)


@review.command("queue")
def queue(
    candidates: Annotated[
        bool, typer.Option("--candidates", help="Also every incident and party that nobody has reviewed.")
    ] = False,
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List the questions that wait: for a second account, between two verdicts, lapsed, or reopened by new entries.

    Example: watchkeeper review queue --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.reviewing import queue as run

    rows = run(open_case(case, demo=demo), candidates=candidates, on=as_of)
    emit(rows, form=form, output=output)
    say("1 question waits." if len(rows) == 1 else f"{len(rows)} questions wait.")


def history(
    subject: Annotated[str, typer.Argument(help="Incident, party, claim, decision or request.")],
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List all that was entered on a subject, in the order of the record: when, by whom, what and why.

    Example: watchkeeper history UN19-34 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.reviewing import history as run

    emit(run(open_case(case, demo=demo), subject), form=form, output=output)
