"""Regime commands: list the measures, show one, and what it said on a day."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from watchkeeper.cli.options import FormatOption, OutputOption, day
from watchkeeper.cli.output import Format, emit, say

app = typer.Typer(help="The law as dated data: one provision a file.", no_args_is_help=True)


@app.command("list")
def list_(form: FormatOption = None, output: OutputOption = None) -> None:
    """List every provision, with how far it was checked.

    Example: watchkeeper regime list
    """
    from watchkeeper.regime.load import measures
    from watchkeeper.regime.present import to_row

    rows = [dict(to_row(measure)) for measure in measures()]
    if form in (None, Format.table) and output is None:
        rows = [
            {key: row[key] for key in ("key", "title", "authority", "first_day", "last_day", "value", "checked")}
            for row in rows
        ]
    emit(rows, form=form, output=output)


@app.command("show")
def show(
    key: Annotated[str, typer.Argument(help="Measure or series, e.g. UN-1718/refined-petroleum-cap.")],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="What was law on that day.", show_default=False)
    ] = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show a provision, or what was law on a day; a day before its first raises, there is no default.

    Example: watchkeeper regime show UN-1718/refined-petroleum-cap --on 2018-06-01
    """
    from watchkeeper.regime.load import in_force, measure, provisions
    from watchkeeper.regime.present import answer, parts, to_json, value_parts, value_row

    if on is not None:
        value = in_force(key, day(on))
        shown = measure(value.key)
        first: dict[str, Any] = {"what": "provision", "value": value.key, "checked": None}
        rows: list[dict[str, Any]] = [first, *value_parts(shown, value), *parts(shown)]
        emit(rows, form=form, output=output, whole=answer(shown, value))
        return
    found = provisions(key)
    for each in found:
        say(f"{each.key}: {each.title}. {each.authority}. Checked: {each.weakest} (the weakest mark of any part).")
    if form in (None, Format.table) and output is None:
        rows = [
            {**({"measure": each.key} if len(found) > 1 else {}), **row}
            for each in found
            for row in (*(row for value in each.values for row in value_parts(each, value)), *parts(each))
        ]
    else:
        rows = [
            {"measure": each.key, **{k: _words(v) for k, v in value_row(value).items() if k in _SHOWN}}
            for each in found
            for value in each.values
        ]
    whole = [to_json(each) for each in found]
    emit(rows, form=form, output=output, whole=whole if len(whole) > 1 else whole[0])


_SHOWN = ("from_on", "last_day", "status", "says", "value_words", "period", "authority", "checked")


def _words(value: object) -> str | None:
    return None if value is None else str(value)
