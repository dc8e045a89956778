"""Regime commands: list the measures, show one, and what it said on a day."""

from __future__ import annotations

from typing import Annotated

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
    from watchkeeper.regime.load import in_force, provisions
    from watchkeeper.regime.present import to_json, value_row

    if on is not None:
        told = dict(value_row(in_force(key, day(on))))
        emit(
            [{"what": k, "value": _words(v)} for k, v in told.items() if v is not None and k != "value"],
            form=form,
            output=output,
            whole=told,
        )
        return
    whole = [to_json(measure) for measure in provisions(key)]
    for measure in provisions(key):
        say(f"{measure.key}: {measure.title}. {measure.authority}. Checked: {measure.weakest}.")
    rows = [
        {"measure": m.key, **{k: _words(v) for k, v in value_row(value).items() if k in _SHOWN}}
        for m in provisions(key)
        for value in m.values
    ]
    emit(rows, form=form, output=output, whole=whole if len(whole) > 1 else whole[0])


_SHOWN = ("from_on", "last_day", "status", "says", "value_words", "period", "authority", "checked")


def _words(value: object) -> str | None:
    return None if value is None else str(value)
