"""Case commands: make a case folder, add files, see its state, rebuild its tables, ask it in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.options import CaseOption, DemoOption, FormatOption, OutputOption, TlpOption
from watchkeeper.cli.output import emit, say
from watchkeeper.model.tlp import ON_ENTRY

app = typer.Typer(help="Case folders: the record and what is rebuilt from it.", no_args_is_help=True)


def user() -> str:
    """Return the login name, for "who entered it"."""
    import getpass

    return getpass.getuser()


@app.command("init")
def init(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet, or is empty.")],
    bundled: Annotated[bool, typer.Option("--bundled/--empty", help="Begin with the bundled ledger, or empty.")] = True,
) -> None:
    """Make a new case folder.

    Example: watchkeeper case init mycase
    """
    from watchkeeper.runs.opening import fill_with_bundled
    from watchkeeper.store.case import Case

    made = Case.create(folder)
    if bundled:
        fill_with_bundled(made)
    say(
        f"Case made in {folder}{' with the bundled ledger' if bundled else ', empty'}. "
        f"Next: watchkeeper case status --case {folder}"
    )


@app.command("add")
def add(  # noqa: PLR0913, PLR0917 - each is an option of the command
    files: Annotated[list[Path], typer.Argument(help="Files to keep as captures.")],
    reader: Annotated[
        str | None,
        typer.Option("--as", help="Read them as files of a chain, e.g. ethereum/etherscan.", show_default=False),
    ] = None,
    chain: Annotated[
        str | None, typer.Option("--chain", help="With --as: the chain, e.g. eth, btc, tron.", show_default=False)
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", help="With --as: name of the set; default: the file's.", show_default=False),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="With --as: which column is what, in YAML.", show_default=False),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help="With --as: the source they come from; default: the file.", show_default=False),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option("--account", help="With --as: an address they were exported for.", show_default=False),
    ] = None,
    covers: Annotated[
        str | None,
        typer.Option(
            "--covers", help="With --as: what they hold all of, e.g. external,internal,token.", show_default=False
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="With --as: refuse everything if one row is bad.")] = False,
    rejects: Annotated[
        Path, typer.Option("--rejects", help="With --as: where rejected rows are written, with their reasons.")
    ] = Path("rejected.csv"),
    case: CaseOption = None,
    by: Annotated[str, typer.Option("--by", help="Who adds them.", show_default=False)] = "",
    obtained_from: Annotated[
        str | None,
        typer.Option("--from", help="Who or where they came from; stays RED in the record.", show_default=False),
    ] = None,
    obtained_how: Annotated[
        str | None, typer.Option("--how", help="How they were obtained; stays RED as well.", show_default=False)
    ] = None,
    tlp: TlpOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Keep files as captures under their SHA-256, and say what their bytes were understood to be.

    With --as they are read as files of a chain: bad rows go to a reject file and the exit code is 4.

    Example: watchkeeper case add README.md
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.adding import add as run

    if reader is not None:
        from watchkeeper.cli.chain_add import Given, add_chain

        whence = (obtained_from, obtained_how)
        given = Given(files, reader, chain, name, mapping, source, account or [], covers, strict, rejects, *whence)
        add_chain(open_case(case), given, by=by or user(), tlp=tlp, form=form, output=output)
        return
    if any((chain, name, mapping, source, account, covers, strict)):
        raise typer.BadParameter("--chain, --name, --mapping, --source, --account, --covers and --strict need --as.")
    rows = run(
        open_case(case),
        files,
        by=by or user(),
        obtained_from=obtained_from,
        obtained_how=obtained_how,
        tlp=tlp or ON_ENTRY,
    )
    emit(rows, form=form, output=output)


@app.command("status")
def status(
    case: CaseOption = None, demo: DemoOption = False, form: FormatOption = None, output: OutputOption = None
) -> None:
    """Say what the case holds, and the head of its log.

    Example: watchkeeper case status --demo
    """
    from watchkeeper.cli.opening import open_case

    told = open_case(case, demo=demo).status()
    emit([{"what": key, "value": str(value)} for key, value in told.items()], form=form, output=output, whole=told)


@app.command("rebuild")
def rebuild(case: CaseOption = None, demo: DemoOption = False) -> None:
    """Hash every capture, then build the tables and the DuckDB index anew from the log.

    Example: watchkeeper case rebuild --demo
    """
    from watchkeeper.cli.opening import open_case

    opened = open_case(case, demo=demo)
    opened.check_captures()
    tables = opened.rebuild()
    say(f"Rebuilt {len(tables)} tables with {sum(t.height for t in tables.values()):,} rows from the log.")


@app.command("query")
def query(
    sql: Annotated[str, typer.Argument(help="One read-only question.")],
    case: CaseOption = None,
    demo: DemoOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Ask the case's index a question in SQL; the index is read-only and never evidence.

    Example: watchkeeper case query --demo "SELECT field, count(*) AS n FROM claim GROUP BY field ORDER BY n DESC"
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.querying import query as run

    emit(run(open_case(case, demo=demo), sql), form=form, output=output)
