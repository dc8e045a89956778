"""Party commands: show and list parties, decide which are one, say what listed parties hold of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer

from watchkeeper.cli import party_entering
from watchkeeper.cli.case import user
from watchkeeper.cli.options import (
    AsOfOption,
    ByOption,
    CaseOption,
    DemoOption,
    FormatOption,
    OutputOption,
    day,
)
from watchkeeper.cli.output import emit, say
from watchkeeper.cli.party_options import readable

app = typer.Typer(help="Parties and links: who a party is said to be, and whose.", no_args_is_help=True)
app.command("add")(party_entering.add)
app.command("fact")(party_entering.fact)
app.command("link")(party_entering.link)
app.command("withdraw")(party_entering.withdraw)
PartyArgument = Annotated[str, typer.Argument(help="Party id, e.g. P-1.")]
_SHOWN = (
    "entry", "of", "what", "value", "share", "stance", "since", "until", "on_the_day", "contradicts", "source_id",
    "checked", "note",
)  # fmt: skip


@app.command("merge")
def merge(
    first: Annotated[str, typer.Argument(help="Party id of the one.")],
    second: Annotated[str, typer.Argument(help="Party id of the other.")],
    reason: Annotated[str, typer.Option("--reason", help="Why they are one; stands in the record.")],
    despite: Annotated[
        str | None,
        typer.Option("--despite", help="Why, though an identifier speaks against it.", show_default=False),
    ] = None,
    by: ByOption = "",
    case: CaseOption = None,
) -> None:
    """Decide that two parties are one; nothing changes until a second account says the same.

    Example: watchkeeper party merge P-1 P-2 --reason "one number in one register" --by a.kim
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.party_deciding import merge as run

    told = run(open_case(case), first, second, reason=reason, by=by or user(), despite=despite)
    _say_decided(told, f"{first} and {second} are shown as {told['shown_as']}")


@app.command("split")
def split(
    first: Annotated[str, typer.Argument(help="Party id of the one.")],
    second: Annotated[str, typer.Argument(help="Party id of the other.")],
    reason: Annotated[str, typer.Option("--reason", help="Why they are two; stands in the record.")],
    by: ByOption = "",
    case: CaseOption = None,
) -> None:
    """Decide that two parties are two, and nothing may join them; a second account must say the same.

    Example: watchkeeper party split P-1 P-2 --reason "two registers, two addresses" --by a.kim
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.party_deciding import split as run

    told = run(open_case(case), first, second, reason=reason, by=by or user())
    _say_decided(told, f"{first} and {second} are two")
    for words in told["not_applied"]:
        say(words)


@app.command("show")
def show(
    party: PartyArgument,
    on: Annotated[
        date | None,
        typer.Option("--on", parser=day, metavar="DATE", help="Say what held on that day.", show_default=False),
    ] = None,
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show all that the record says of one party, with what contradicts what.

    Example: watchkeeper party show P-LAZARUS --on 2021-05-01 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.cli.party_words import profile
    from watchkeeper.runs.party_reading import show as run

    told = run(open_case(case, demo=demo), party, on=on, as_of=as_of)
    for words in profile(told):
        say(words)
    rows = [{key: row[key] for key in _SHOWN} for row in told["entries"]]
    for row in rows:
        row["contradicts"] = "yes" if row["contradicts"] else None
    emit([readable(row, form, output) for row in rows], form=form, output=output, whole=told)


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Option("--kind", help="Only parties of this kind.", show_default=False)] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Only parties with a name that holds this text.", show_default=False)
    ] = None,
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List parties, one row each; those that are one stand under the first entered.

    Example: watchkeeper party list --kind company --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.party_reading import list_parties

    emit(list_parties(open_case(case, demo=demo), kind=kind, name=name, as_of=as_of), form=form, output=output)


@app.command("ownership")
def ownership(
    party: PartyArgument,
    regime: Annotated[str, typer.Option("--regime", help="Whose rule: OFAC, EU, UK, CH or UN-1718.")],
    on: Annotated[date, typer.Option("--on", parser=day, metavar="DATE", help="The day asked about.")],
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Say what listed parties are stated to hold of a party on a day, by one regime's rule: at least, at most.

    Example: watchkeeper party ownership P-CHINYONG --regime OFAC --on 2024-05-01 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.cli.party_words import rule
    from watchkeeper.runs.party_ownership import ownership as run

    told = run(open_case(case, demo=demo), party, regime, on, as_of=as_of)
    for words in (told["sentence"], *told["reasons"], *rule(told), *told["not_counted"]):
        say(words)
    ends = (("at least", told["at_least"]), ("at most, of what is stated", told["at_most_of_stated"]),
            ("at most", told["at_most"]))  # fmt: skip
    blank = {"held_by": None, "links": None, "sources": None, "notes": None}
    rows = [{"what": "verdict", "of": told["party_id"], "value": told["verdict"], **blank}]
    rows += [{"what": end, "of": told["party_id"], "value": value, **blank} for end, value in ends]
    rows += [
        {"what": f"holding, {one['counts_for']}", "of": one["of"], "value": one["share"], "held_by": one["held_by"],
         "links": one["links"], "sources": one["sources"], "notes": one["notes"]}
        for one in told["holdings"]
    ]  # fmt: skip
    emit(rows, form=form, output=output, whole=told)


def _say_decided(told: Mapping[str, Any], outcome: str) -> None:
    for side in ("for", "against"):
        for words in told[side]:
            say(f"{side.capitalize()} their being one: {words}.")
    if told["waits_for"]:
        say(
            f"Entered {told['decision_id']}. It changes nothing until another account agrees: "
            f"watchkeeper decide {told['decision_id']} confirmed --reason ... --by SOMEONE-ELSE"
        )
    else:
        say(f"Entered {told['decision_id']}. In force, by {' and '.join(told['by'])}: {outcome}.")
