"""Trace show: the table of sinks, and above it all that a reader must know before using a number of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from watchkeeper.cli.options import CaseOption, DemoOption, FormatOption, OutputOption
from watchkeeper.cli.output import Format, emit, say

_LISTS = ("findings", "labels", "all")  # only JSON shows them
_SAID = ("address", "reached", "followed", "listing", "why_named")  # below the table of a terminal, a line each


class By(StrEnum):
    """By what rows are grouped."""

    label = "label"
    address = "address"


class Outcome(StrEnum):
    """What became of what was followed."""

    arrival = "arrival"
    held = "held"
    fee = "fee"
    unknown = "unknown"


def show(  # noqa: PLR0913, PLR0917 - each is an option of the command
    trace: Annotated[str, typer.Argument(help="Trace, e.g. lifi; see `trace list`.")],
    by: Annotated[By, typer.Option("--by", help="A row a label without its number, or a row an address.")] = By.label,
    sink: Annotated[
        str | None,
        typer.Option(
            "--sink", help="Only this label, service or address, with all that is said of it.", show_default=False
        ),
    ] = None,
    outcome: Annotated[
        Outcome, typer.Option("--outcome", help="What arrived, is held, was paid as a fee, or is unknown.")
    ] = Outcome.arrival,
    fold: Annotated[
        bool, typer.Option("--fold", help="Fold many addresses: by level, then by amounts that are nearly equal.")
    ] = False,
    per_mille: Annotated[
        int, typer.Option("--tolerance", min=0, max=500, help="With --fold: how far amounts may differ, in 1/1000.")
    ] = 10,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show where followed money arrived: a row a sink, every method beside the recorded amount, and what is missing.

    Example: watchkeeper trace show lifi
    """
    from watchkeeper.cli.opening import open_case

    opened = open_case(case, demo=demo)
    if fold:
        from watchkeeper.runs.trace_folding import folded

        told = folded(opened, trace, outcome=outcome.value, per_mille=per_mille)
        say(f"{told['addresses']:,} addresses in {len(told['rows'])} rows. {told['rule']}")
    else:
        from watchkeeper.runs.trace_reading import show as run_show

        told = run_show(opened, trace, by=by.value, sink=sink, outcome=outcome.value)
        if form in (None, Format.table) and output is None:
            _head(told)
    terminal = form in (None, Format.table) and output is None
    hidden = (*_LISTS, *_SAID) if terminal and sink is not None else _LISTS
    rows = [{key: cell for key, cell in row.items() if key not in hidden} for row in told["rows"]]
    emit(rows, form=form, output=output, whole=told)
    if sink is not None and terminal:
        _said_of(told["rows"])


def _head(told: dict[str, Any]) -> None:
    taken = f"{_apart(told['stolen'])} {told['unit']}"
    say(f"Trace {told['trace']}: {taken} followed on {told['chain']}. Status: {told['status']}.")
    say(f"Method {told['method']}: {told['method_means']} Decided {told['decided']}: {told['reason']}")
    if told["before"]:
        say(f"The same money was traced before: {'; '.join(told['before'])}.")
    for source in told["sources"]:
        say(f"From {source['address']}: {_apart(source['amount'])} {told['unit']} ({source['rule']}).")
    say(told["attribution"])
    say(told["completeness"])
    if not told["computed"]:
        say(f"Nothing is computed yet: the run was interrupted. Type `watchkeeper trace resume {told['trace']}`.")
    parts = [f"{_apart(much)} {part}" for part, much in told["identity"].items() if part != "stolen"]
    say(f"{_apart(told['stolen'])} stolen = {' + '.join(parts)}.")
    for one in told["by_policy"]:
        share = f" ({one['of_received']})" if one["arrived"] and one["of_received"] else ""
        value = _apart(one["arrived"]) or one["of_received"] or "not defined here"
        say(f"  {one['policy'].replace('_', ' ')}: {value}{share}")
    say("Options: " + ", ".join(f"{name}={value}" for name, value in told["options"].items()) + ".")
    say("Received is what the rows record; the columns beside it are conventions. No bound is established.")
    say("")


def _apart(amount: str | None) -> str | None:
    """Return an amount with thousands separators."""
    if amount is None:
        return None
    whole, point, part = amount.partition(".")
    return f"{int(whole):,}{point}{part}"


def _said_of(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        say("")
        got = f"{_apart(row['followed'])} followed, {row['reached']} reached"
        say(f"{row['address']}: {got}; {row['listing']}.")
        for label in row["labels"]:
            say(f"  {label}")
        if row["why_named"]:
            say(f"  {row['why_named']}")
