"""Figure commands: list the figures, open one to its rows."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from watchkeeper.cli.options import AsOfOption, CaseOption, DemoOption, EditionOption, FormatOption, OutputOption
from watchkeeper.cli.output import Format, emit, say

app = typer.Typer(help="Figures: a number or table, its rule, and the rows behind it.", no_args_is_help=True)


@app.command("list")
def list_(format: FormatOption = None, output: OutputOption = None) -> None:
    """List every figure with its question and counting rule.

    Example: watchkeeper figure list
    """
    from watchkeeper.runs.figures import list_figures

    emit(list_figures(), format=format, output=output)


@app.command("show")
def show(
    figure: Annotated[str, typer.Argument(help="Figure id, e.g. cyber.instances.")],
    edition: EditionOption = None,
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show a figure: value, rule, what it is not, and the rows it counts.

    Example: watchkeeper figure show cyber.instances --edition S/2019/691 --demo
    """
    from watchkeeper.runs.figures import show_figure
    from watchkeeper.runs.opening import open_case

    computed, told = show_figure(open_case(case, demo=demo), figure, edition=edition, as_of=as_of)
    if format in (None, Format.table) and output is None:
        _head(computed, told)
        rows = [{k: v for k, v in row.items() if k not in _HIDDEN} for row in told["rows"]]
        return emit(rows, format=Format.table, output=None)
    emit(told["rows"], format=format, output=output, whole=told)


# In a terminal these columns only repeat others; every other format carries them.
_HIDDEN = ("precision", "victim", "sector", "locator", "checked_against", "note", "source", "executed_low", "executed_high", "taken_low", "taken_high")


def _head(computed: Any, told: dict[str, Any]) -> None:
    say(f"{told['title']} ({told['figure']})")
    for value in computed.outcome.values:
        say(f"  {value.words()}{'' if value.is_amount else ' ' + value.unit}{'' if not value.is_amount else ' ' + value.name.replace('_', ' ')}")
    say(f"Rule {told['rule']['id']}: {told['rule']['sentence']}")
    say(f"Counted: {told['population']['sentence']}" + (f" As of {told['as_of']}." if told["as_of"] else ""))
    say(f"It is: {told['is_not']}" if not told["is_not"].startswith("Not") else told["is_not"])
    say(f"Claims: {told['basis']['held']} held, {told['basis']['cited']} cited; checked: " + ", ".join(f"{n} {mark}" for mark, n in told["checked"].items()) + ".")
    if told["as_of"]:
        say(f"Set apart: {told['undated_set_apart']} undated claims; dropped: {told['published_later']} published later.")
    for note in told["notes"]:
        say(f"Note: {note}")
    say("")
