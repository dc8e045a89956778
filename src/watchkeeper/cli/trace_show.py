"""Trace show: the table of sinks, and above it all that a reader must know before using a number of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from watchkeeper.cli.options import CaseOption, DemoOption, FormatOption, OutputOption
from watchkeeper.cli.output import Format, emit, say
from watchkeeper.values.refused import Refused

_LISTS = ("findings", "labels", "all")  # only JSON shows them
# With its worth beside it a row is too wide for a terminal; without --value, and in JSON and CSV, these are shown.
_ASIDE = ("label_date", "pro_rata", "lowest_intermediate_balance", "least", "most")
_SAID = ("address", "reached", "followed", "listing", "why_named")  # below the table of a terminal, a line each


class By(StrEnum):
    """By what rows are grouped."""

    label = "label"
    address = "address"


class Value(StrEnum):
    """On which day amounts are valued."""

    theft = "theft"
    hop = "hop"
    report = "report"


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
        Outcome | None,
        typer.Option(
            "--outcome",
            help="What arrived, is held, was a fee, or is unknown; not said: what arrived, else what is held.",
            show_default=False,
        ),
    ] = None,
    value: Annotated[
        Value | None,
        typer.Option(
            "--value", help="Also the worth in USD: on the day of the theft, of each hop, or today.", show_default=False
        ),
    ] = None,
    fold: Annotated[
        bool, typer.Option("--fold", help="Fold many addresses: by level, then by amounts that are nearly equal.")
    ] = False,
    per_mille: Annotated[
        int | None,
        typer.Option(
            "--tolerance",
            min=0,
            max=500,
            help="With --fold: how far amounts may differ, in 1/1000; 10 if not said.",
            show_default=False,
        ),
    ] = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show where followed money arrived: a row a sink, every method beside the recorded amount, and what is missing.

    Example: watchkeeper trace show lifi
    """
    from watchkeeper.cli.opening import open_case

    if fold and (sink is not None or value is not None or by is not By.label):
        raise Refused("--fold tells all addresses together; leave --sink, --by and --value out, or leave --fold out.")
    if per_mille is not None and not fold:
        raise Refused("--tolerance is for --fold; give both, or leave it out.")
    opened = open_case(case, demo=demo)
    asked = outcome.value if outcome else None
    if fold:
        from watchkeeper.runs.trace_folding import folded

        more = {} if per_mille is None else {"per_mille": per_mille}
        told = folded(opened, trace, outcome=asked, **more)
        say(f"{told['addresses']:,} addresses in {len(told['rows'])} rows. {told['rule']} Outcome: {told['outcome']}.")
    else:
        from watchkeeper.runs.trace_reading import show as run_show

        day = value.value if value else None
        told = run_show(opened, trace, by=by.value, sink=sink, outcome=asked, value=day)
        if form in (None, Format.table) and output is None:
            _head(told)
    terminal = form in (None, Format.table) and output is None
    hidden = {*_LISTS, *(_SAID if terminal and sink else ()), *(_ASIDE if terminal and value else ())}
    rows = [{key: cell for key, cell in row.items() if key not in hidden} for row in told["rows"]]
    emit(rows, form=form, output=output, whole=told)
    if sink is not None and terminal:
        _said_of(told["rows"])


def _head(told: dict[str, Any]) -> None:
    taken = f"{_apart(told['stolen'])} {told['unit']}"
    say(f"Trace {told['trace']}: {taken} followed on {told['chain']}. Status: {told['status']}.")
    say(f"Method {told['method']}: {told['method_means']} Decided {told['decided']}: {told['reason']}")
    for how in ("before", "after"):
        if told[how]:
            say(f"The same money was traced {how}: {'; '.join(told[how])}.")
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
    if "valued" in told:
        say(told["valued"])
    if told["outcome"] == "held":
        only = "" if any(part.startswith("arrived") for part in told["identity"]) else "Nothing arrived at an end. "
        say(f"{only}Shown is what is held, each address with its balance and its last receipt in the rows.")
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
