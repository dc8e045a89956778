"""Ledger commands: list, show, count, compare, import; look for duplicates; see the sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.options import (
    AsOfOption,
    CaseOption,
    DemoOption,
    EditionOption,
    FormatOption,
    OutputOption,
    PopulationOption,
    TlpOption,
)
from watchkeeper.cli.output import Format, emit, say
from watchkeeper.values.refused import Refused

app = typer.Typer(help="The incident ledger: claims, each with its source.", no_args_is_help=True)


@app.command("list")
def list_(
    population: PopulationOption = "record",
    edition: EditionOption = None,
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List incidents, one row each; --format json or csv carries every column.

    Example: watchkeeper ledger list --edition S/2019/691 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.ledger_reading import list_incidents

    rows = list_incidents(open_case(case, demo=demo), population=population, edition=edition, as_of=as_of)
    if form in (None, Format.table) and output is None:
        keep = (
            "incident_id",
            "occurred",
            "states",
            "title",
            "attempted_high",
            "loss_reported_low",
            "loss_reported_high",
            "disputed_by",
            "basis",
            "checked",
        )
        rows = [{key: row[key] for key in keep} for row in rows]
    emit(rows, form=form, output=output)


@app.command("show")
def show(
    incident: Annotated[str, typer.Argument(help="Incident id, e.g. UN19-03.")],
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show all that the record says of one incident, with the claims that differ.

    Example: watchkeeper ledger show UN19-03 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.ledger_reading import show as run

    told = run(open_case(case, demo=demo), incident, as_of=as_of)
    if told["differing"]:
        say(f"Claims differ on: {', '.join(told['differing'])}. All are kept.")
    for decision in told["decisions"]:
        say(f"Decided {decision['decided_on']} by {decision['author']}: {decision['verdict']}. {decision['reason']}")
    if told["incident"]["note"]:
        say(told["incident"]["note"])
    keys = (
        "claim_id",
        "field",
        "value",
        "low",
        "high",
        "unit",
        "stance",
        "stated_by",
        "confidence",
        "source_id",
        "published_on",
        "basis",
        "checked",
        "note",
    )
    emit([{key: claim.get(key) for key in keys} for claim in told["claims"]], form=form, output=output, whole=told)


@app.command("count")
def count(
    by: Annotated[
        str | None, typer.Option("--by", help="year, sector, state, actor or method.", show_default=False)
    ] = None,
    population: PopulationOption = "record",
    edition: EditionOption = None,
    as_of: AsOfOption = None,
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Count incidents, in groups if asked; the rule is printed beside the count.

    Example: watchkeeper ledger count --by year --population panel-2019 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.report.tabulate import cell
    from watchkeeper.runs.ledger_reading import count as run

    view, outcome, sentence = run(open_case(case, demo=demo), by, population=population, edition=edition, as_of=as_of)
    say(f"Rule {sentence}")
    say(f"Counted: {view.sentence}")
    for note in outcome.notes:
        say(f"Note: {note}")
    if not by:
        emit([{"instances": outcome.values[0].low, "undated_set_apart": outcome.undated}], form=form, output=output)
        return
    labels = {c.name: c.name + ("_usd_million" if c.unit else "") for c in outcome.columns}
    rows = [
        {
            labels[c.name]: v if isinstance(v, int) and not c.unit else cell(v, c) or None
            for c, v in zip(outcome.columns, row, strict=True)
        }
        for row in outcome.rows
    ]
    emit(rows, form=form, output=output)


@app.command("diff")
def diff(
    earlier: Annotated[str, typer.Argument(help="Edition compared from.")],
    later: Annotated[str, typer.Argument(help="Edition compared with.")],
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Compare two published editions, State by State, with the rows behind each difference.

    Example: watchkeeper ledger diff S/2019/691-draft S/2019/691 --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.ledger_reading import diff as run

    outcome = run(open_case(case, demo=demo), earlier, later)
    for value in outcome.values:
        say(f"{value.words()} {value.unit}")
    names = [column.name for column in outcome.columns]
    emit([dict(zip(names, row, strict=True)) for row in outcome.rows], form=form, output=output)


@app.command("duplicates")
def duplicates(
    population: PopulationOption = "everything",
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List pairs of entries that may be one event, with reasons for and against; a person decides.

    Example: watchkeeper ledger duplicates --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.ledger_reading import duplicates as run

    emit(run(open_case(case, demo=demo), population=population), form=form, output=output)


@app.command("sources")
def sources(
    case: CaseOption = None, demo: DemoOption = False, form: FormatOption = None, output: OutputOption = None
) -> None:
    """List the sources, with the number of claims that rest on each.

    Example: watchkeeper ledger sources --demo
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.ledger_reading import sources as run

    rows = run(open_case(case, demo=demo))
    if form in (None, Format.table) and output is None:
        rows = [
            {key: row[key] for key in ("source_id", "publisher", "title", "published_on", "checked", "claims")}
            for row in rows
        ]
    emit(rows, form=form, output=output)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Ledger tables (CSV or Parquet), or folders of CSV.")],
    strict: Annotated[bool, typer.Option("--strict", help="Refuse everything if one row is bad.")] = False,
    rejects: Annotated[
        Path, typer.Option("--rejects", help="Where rejected rows are written, with their reasons.")
    ] = Path("rejected.csv"),
    by: Annotated[str, typer.Option("--by", help="Who imports; default: your login name.", show_default=False)] = "",
    tlp: TlpOption = None,
    case: CaseOption = None,
) -> None:
    """Read ledger tables into the case; bad rows go to a reject file and the exit code is 4.

    Example: watchkeeper ledger import tables/
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.importing import read_paths, write_rejects

    if rejects.is_dir() or not rejects.parent.is_dir():
        raise Refused(
            f"{rejects} cannot be written, and rejected rows would be lost. Nothing was imported; "
            "name another file with --rejects."
        )
    outcome = read_paths(open_case(case), files, by=by or user(), strict=strict, tlp=tlp)
    say(f"read {outcome.read} = kept {outcome.kept} ({outcome.new} new) + rejected {len(outcome.rejected)}")
    _say_flagged(outcome.flagged)
    if outcome.rejected:
        write_rejects(outcome, rejects)
        for name, bad in outcome.rejected[:20]:
            say(f"{name}:{bad.line}: {bad.reason}")
        say(f"Rejected rows with their reasons: {rejects}. Mend them there and import that file's rows again.")
        raise typer.Exit(4)


def _say_flagged(flagged: list[tuple[str, int, str]]) -> None:
    for name, line, words in flagged[:20]:
        say(f"{name}:{line}: {words}; kept as it is.")
    if len(flagged) > 20:
        say(f"... and {len(flagged) - 20} more cells with characters that cannot be seen or are drawn alike.")
