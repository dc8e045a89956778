"""Chain add: what `add --as READER` prints of files of a chain: a row a file, notes, completeness, rejected rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watchkeeper.cli.output import Format, emit, say
from watchkeeper.values.refused import Refused

if TYPE_CHECKING:
    from watchkeeper.store.case import Case

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Given:
    """The options of `add --as`, as they were given."""

    files: list[Path]
    reader: str
    chain: str | None
    name: str | None
    mapping: Path | None
    source: str | None
    account: list[str]
    covers: str | None
    strict: bool
    rejects: Path
    obtained_from: str | None = None
    obtained_how: str | None = None


def add_chain(case: Case, given: Given, *, by: str, tlp: str | None, form: Format | None, output: Path | None) -> None:
    """Add files of a chain and print what became of them; exit 4 if a row was rejected."""
    from watchkeeper.runs.chain_adding import Asked, completeness, read_mapping, write_rejects
    from watchkeeper.runs.chain_adding import add_chain as run

    if given.rejects.is_dir() or not given.rejects.parent.is_dir():
        raise Refused(
            f"{given.rejects} cannot be written, and rejected rows would be lost. Nothing was added; "
            "name another file with --rejects."
        )
    asked = Asked(
        given.reader,
        given.chain,
        given.name,
        read_mapping(given.mapping) if given.mapping else {},
        given.source,
        tuple(given.account),
        tuple(word.strip() for word in (given.covers or "").split(",") if word.strip()),
        given.obtained_from,
        given.obtained_how,
    )
    told = run(case, given.files, asked, by=by, tlp=tlp, strict=given.strict)
    emit([one.row for one in told], form=form, output=output)
    for one in told:
        say(f"{one.row['name']}: read {one.row['read']} = kept {one.row['kept']} + rejected {one.row['rejected']}")
        for note in one.notes:
            say(f"{one.row['name']}: {note}")
    rejected = [(one.row["name"], bad) for one in told for bad in one.rejected]
    if rejected:
        write_rejects(rejected, given.rejects)
        for name, bad in rejected[:_SHOWN]:
            say(f"{name}, {bad.locator}: {bad.reason}")
        say(f"Rejected rows with their reasons: {given.rejects}. Mend the file or fetch it again, and add it again.")
    for line in completeness(case, sorted({one.row["set"] for one in told})):
        say(line)
    if rejected:
        raise typer.Exit(4)
