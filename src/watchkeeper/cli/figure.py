"""Figure commands: list the figures, open one to its rows."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from watchkeeper.cli.options import (
    AsOfOption,
    CaseOption,
    ClearanceOption,
    DemoOption,
    EditionOption,
    FormatOption,
    OutputOption,
)
from watchkeeper.cli.output import Format, emit, say
from watchkeeper.model.tlp import withheld

TraceOption = Annotated[
    str | None,
    typer.Option("--trace", help="Trace that it tells of; default: the only one.", show_default=False),
]
app = typer.Typer(help="Figures: a number or table, its rule, and the rows behind it.", no_args_is_help=True)


@app.command("list")
def list_(form: FormatOption = None, output: OutputOption = None) -> None:
    """List every figure with its question and counting rule.

    Example: watchkeeper figure list
    """
    from watchkeeper.runs.figures import list_figures

    emit(list_figures(), form=form, output=output)


@app.command("show")
def show(  # noqa: PLR0913, PLR0917 - each is an option of the command
    figure: Annotated[str, typer.Argument(help="Figure id, e.g. cyber.instances.")],
    edition: EditionOption = None,
    trace: TraceOption = None,
    as_of: AsOfOption = None,
    clearance: ClearanceOption = "RED",
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show a figure: value, rule, what it is not, and the rows it counts.

    Example: watchkeeper figure show cyber.instances --edition S/2019/691 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.figures import show_figure

    computed, told = show_figure(
        open_case(case, demo=demo), figure, edition=edition, as_of=as_of, clearance=clearance, trace=trace
    )
    if told.get("withheld"):
        row = {"figure": told["figure"], "title": told["title"], "value": withheld(told["tlp"])}
        emit([row], form=form, output=output, whole=told)
        return
    if form in (None, Format.table) and output is None:
        _head(computed, told)
        rows = [_compact(row) for row in told["rows"]] if computed.card.shows == "instances" else told["rows"]
        emit(rows, form=Format.table, output=None)
        return
    emit(told["rows"], form=form, output=output, whole=told)


def _compact(row: dict[str, Any]) -> dict[str, Any]:
    """Return what fits a terminal of an instance's row; every other format carries all columns."""
    names = ("incident_id", "occurred", "states", "title")
    money = {name: _interval(row, name) for name in ("attempted", "loss_reported")}
    speakers = (row["attributed_by"] or "").split("; ")
    by = speakers[0] + (f" and {len(speakers) - 1} more" if len(speakers) > 1 else "")
    return {
        **{n: row[n] for n in names},
        **money,
        "attributed_by": by,
        "disputed_by": row["disputed_by"],
        "basis": row["basis"],
        "checked": row["checked"],
    }


def _interval(row: dict[str, Any], name: str) -> str | None:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if low is None or low == high:
        return None if low is None else f"{int(low):,}"
    return f"{int(low):,} to {int(high):,}"


def _head(computed: Any, told: dict[str, Any]) -> None:
    say(f"{told['title']} ({told['figure']})")
    for value in computed.outcome.values:
        say(f"  {value.words()} {value.name.replace('_', ' ') if value.is_amount else value.unit}")
    say(f"Rule {told['rule']['id']}: {told['rule']['sentence']}")
    say(f"Counted: {told['population']['sentence']}" + (f" As of {told['as_of']}." if told["as_of"] else ""))
    say(f"It is: {told['is_not']}" if not told["is_not"].startswith("Not") else told["is_not"])
    say(
        f"Claims: {told['basis']['held']} held, {told['basis']['cited']} cited; checked: "
        + ", ".join(f"{n} {mark}" for mark, n in told["checked"].items())
        + "."
    )
    if told["as_of"]:
        say(
            f"Set apart: {told['undated_set_apart']} undated claims; "
            f"dropped: {told['published_later']} published later."
        )
    for note in told["notes"]:
        say(f"Note: {note}")
    say("")
