"""Trace commands: follow money by a decided method, show where it arrived, how, and what has moved since."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli import trace_notify, trace_show
from watchkeeper.cli.case import user
from watchkeeper.cli.options import ByOption, CaseOption, DemoOption, FormatOption, OutputOption
from watchkeeper.cli.output import emit, say
from watchkeeper.values.refused import Invalid, Refused

app = typer.Typer(help="Follow money: decide a method, see where it arrived, and how.", no_args_is_help=True)
app.command("show")(trace_show.show)
app.command("notify")(trace_notify.notify)
TraceArgument = Annotated[str, typer.Argument(help="Trace, e.g. lifi; see `trace list`.")]
_MOVED = 6  # exit code, only where --fail-on-findings asks for it


@app.command("run")
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Annotated[str, typer.Argument(help="Name of the trace, new in the case, e.g. lifi.")],
    method: Annotated[
        str, typer.Option("--method", help="fifo, lifo, haircut, lowest-balance, or on coins tiho: a convention each.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why this method; stands in the record before any result.")],
    readings: Annotated[list[str], typer.Option("--name", help="Set of readings, as added; may be repeated.")],
    chain: Annotated[str, typer.Option("--chain", help="Chain, e.g. eth, btc, tron, or its id.")],
    asset: Annotated[
        str, typer.Option("--asset", help="native, a contract or its unit, or USD for rows that state a worth.")
    ] = "native",
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="Lists, labels or addresses (of coins TX:N) from which all that left counts as stolen.",
            show_default=False,
        ),
    ] = None,
    ends: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            help='Lists, addresses, labels or "kind:mixer" at which tracing stops.',
            show_default=False,
        ),
    ] = None,
    thefts: Annotated[
        list[str] | None,
        typer.Option("--theft", help="ADDRESS=AMOUNT@TX: an amount stated, and by what it came.", show_default=False),
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--option", help="A choice that the method leaves open, e.g. shortage=opening.", show_default=False
        ),
    ] = None,
    incident: Annotated[
        str | None, typer.Option("--incident", help="Incident of the record that it belongs to.", show_default=False)
    ] = None,
    by: ByOption = "",
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Decide how money is followed, log that with its reason, then follow it and enter what is found.

    Example: watchkeeper trace run t1 --name lifi --chain eth --asset USD --method fifo --reason custom --from S --to T
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.trace_asking import Asked
    from watchkeeper.runs.tracing import run as follow

    asked = Asked(
        names=_split(readings),
        chain=chain,
        asset=asset,
        method=method,
        reason=reason,
        sources=sources or (),
        ends=ends or (),
        thefts=thefts or (),
        options=dict(_pair(one) for one in options or ()),
        incident=incident,
    )
    told = follow(open_case(case), name, asked, by=by or user())
    _say_run(told)
    emit(_parts(told), form=form, output=output, whole=told)


@app.command("resume")
def resume(
    trace: TraceArgument,
    by: ByOption = "",
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Compute a trace that was decided and whose run was interrupted; the decision stays as it was.

    Example: watchkeeper trace resume lifi
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.tracing import resume as follow

    told = follow(open_case(case), trace, by=by or user())
    _say_run(told)
    emit(_parts(told), form=form, output=output, whole=told)


def _parts(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"part": part, "amount": much} for part, much in told["identity"].items()]


def _say_run(told: dict[str, Any]) -> None:
    for note in told["notes"]:
        say(f"Note: {note}")
    if told["left_out"]:
        say(
            f"{told['left_out']:,} transfers into the ends, {told['left_out_amount']} in all, are reached by nothing "
            "and were not written down one by one."
        )
    if told["before"]:
        say(f"The same money was traced before: {'; '.join(told['before'])}. Show all of them.")
    say(f"Decided and logged, then computed: {told['findings']} findings. Next: watchkeeper trace show {told['trace']}")


@app.command("list")
def list_(
    case: CaseOption = None, demo: DemoOption = False, form: FormatOption = None, output: OutputOption = None
) -> None:
    """List the traces of a case: method, what was taken, findings, status.

    Example: watchkeeper trace list --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.trace_reading import list_traces

    emit(list_traces(open_case(case, demo=demo)), form=form, output=output)


@app.command("path")
def path(
    trace: TraceArgument,
    sink: Annotated[str, typer.Option("--sink", help="Label, service or address at which something arrived.")],
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List the hops by which money came to a sink, a path an arrival, each hop with its transaction and row.

    Example: watchkeeper trace path lifi --sink eXch
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.trace_paths import paths

    rows = paths(open_case(case, demo=demo), trace, sink)
    shown = [{key: cell for key, cell in row.items() if key not in ("capture", "locator")} for row in rows]
    emit(shown if form is None and output is None else rows, form=form, output=output)
    count = len({row["path"] for row in rows})
    say(
        f"{count} {'path' if count == 1 else 'paths'}. A path is one of several: at each hop back it takes the receipt "
        "that paid most of the transfer under the trace's method."
    )


@app.command("compare")
def compare(
    trace: TraceArgument,
    options: Annotated[
        bool, typer.Option("--options", help="The choices that a method leaves open, and what each would move.")
    ] = False,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show what every method says of each sink, side by side; none of them is the truth.

    Example: watchkeeper trace compare lifi
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs import trace_comparing

    opened = open_case(case, demo=demo)
    rows = trace_comparing.sensitivity(opened, trace) if options else trace_comparing.compare(opened, trace)
    emit(rows, form=form, output=output)
    if not options:
        say("A method is a convention. An empty cell: not defined for these rows. Poison is said as reached alone.")


@app.command("watch")
def watch(
    trace: TraceArgument,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help="End with exit code 6 if something has moved.")
    ] = False,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Say what left the addresses that held followed money, by readings that the trace did not follow.

    Example: watchkeeper trace watch lifi
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.trace_watching import watch as run_watch

    told = run_watch(open_case(case, demo=demo), trace)
    emit(told["rows"], form=form, output=output, whole=told)
    if not told["readings"]:
        say(
            f"There is no reading of this chain that {trace} did not follow: add newer rows with `watchkeeper add`, "
            "and watch again."
        )
    else:
        moved = len({row["address"] for row in told["rows"]})
        say(
            f"{told['held']} held; {moved} of the addresses sent, in {len(told['rows'])} transfers that the rows "
            "followed do not have. Compare the times: a row may also be an older one that was missing."
        )
    if told["rows"] and fail_on_findings:
        raise typer.Exit(_MOVED)


def gexf(
    trace: TraceArgument,
    output: OutputOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
) -> None:
    """Write the transfers of a trace as a graph that Gephi opens (GEXF 1.3).

    Example: watchkeeper export gexf lifi
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.trace_drawing import gexf as draw

    _hand_over(draw(open_case(case, demo=demo), trace), output)


def _hand_over(data: bytes, output: Path | None) -> None:
    if output is None:
        typer.echo(data.decode(), nl=False)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Invalid(f"{output} cannot be written ({error.strerror}); name another file with -o.") from error


def _split(names: list[str]) -> list[str]:
    return [one.strip() for word in names for one in word.split(",") if one.strip()]


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refused(f'"{text}" is no option; write NAME=VALUE, e.g. shortage=opening.')
    return name.strip(), value.strip()
