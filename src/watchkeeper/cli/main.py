"""Main: the command `watchkeeper NOUN VERB`; help loads nothing heavy, user errors show no traceback."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from watchkeeper import __version__
from watchkeeper.cli import (
    bundle,
    case,
    claim,
    decide,
    demo,
    doctor,
    export,
    figure,
    importing,
    ledger,
    party,
    record,
    regime,
    report,
    request,
    trace,
)
from watchkeeper.cli.output import say
from watchkeeper.values.refused import Invalid, Refused

_EPILOG = (
    "Exit codes: 0 done, 1 our bug, 2 usage, 3 not found, 4 invalid input, 5 integrity, 6 findings (where asked), "
    "130 interrupted."
)
# What the machine or its user denies us; any other fault is a bug of ours, unless on a path that was typed.
_OF_THE_MACHINE = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT,
    errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EMFILE,
)  # fmt: skip


class _Root(TyperGroup):
    """The command itself; it takes up what Typer would end in its own words, or in none."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command named; say so if it was interrupted, and end quietly if nobody reads on."""
        try:
            told = super().invoke(ctx)
            sys.stdout.flush()  # here, or the interpreter would complain at its end
        except KeyboardInterrupt:
            say("Interrupted; nothing half-written was kept. The same command can be run again.")
            sys.exit(130)
        except BrokenPipeError:  # as in `watchkeeper ledger list | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        return told


app = typer.Typer(
    name="watchkeeper",
    cls=_Root,
    help="Watch whether sanctions are kept: findings and figures, each a path back to bytes.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(bundle.app, name="bundle")
app.add_typer(case.app, name="case")
app.add_typer(claim.app, name="claim")
app.add_typer(export.app, name="export")
app.add_typer(figure.app, name="figure")
app.add_typer(importing.app, name="import")
app.add_typer(ledger.app, name="ledger")
app.add_typer(party.app, name="party")
app.add_typer(record.app, name="record")
app.add_typer(regime.app, name="regime")
app.add_typer(report.app, name="report")
app.add_typer(request.app, name="request")
app.add_typer(trace.app, name="trace")
app.add_typer(decide.review, name="review")
export.app.command("gexf")(trace.gexf)
app.command("add")(case.add)
app.command("decide")(decide.decide)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("history")(decide.history)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"watchkeeper {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Take the options that stand before every command."""


def main() -> None:
    """Run the command line; a refusal is printed as words and ends with its own exit code."""
    try:
        _refuse_other_than_text(sys.argv)
        app(prog_name="watchkeeper")  # also as `python -m watchkeeper`: help must name what a person types
    except Refused as refusal:
        say(str(refusal))
        sys.exit(refusal.exit_code)
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE and not _typed(error.filename, sys.argv[1:]):
            raise
        say(
            f"{error.filename or 'Standard output'}: {error.strerror}. The record is whole; mend that and run the "
            "command again."
        )
        sys.exit(Invalid.exit_code)


def _typed(filename: Any, words: list[str]) -> bool:
    """Return whether a file lies at or below a path among the words, as in `--out /proc/x`."""
    named = {Path(word.partition("=")[2] if word.startswith("--") else word) for word in words if word}
    return isinstance(filename, str) and any(
        path in named - {Path()} for path in (Path(filename), *Path(filename).parents)
    )


def _refuse_other_than_text(words: list[str]) -> None:
    """Refuse bytes that are no UTF-8: they could stand neither in the record nor in an answer."""
    for word in words:
        if any("\ud800" <= character <= "\udfff" for character in word):
            shown = word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            raise Refused(f'"{shown}" is not UTF-8 text, so it could not be recorded; rename the file or mend it.')
