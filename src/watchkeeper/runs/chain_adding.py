"""Chain adding: files of a chain are kept, read, and logged with what they say of addresses and prices.

read = kept + rejected for every file. The rows themselves are not logged: a reading names capture, reader and
settings, and gives the same rows at any time. The same file again adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from watchkeeper.fetch import clock
from watchkeeper.model import capture
from watchkeeper.model.tlp import ON_ENTRY
from watchkeeper.model.vocabulary import check
from watchkeeper.runs.chain_entering import Entering, refuse_uncovered
from watchkeeper.runs.chain_opening import gives_rows, of_set, open_chain, read, readings_of
from watchkeeper.runs.given import usable
from watchkeeper.runs.receiving import received
from watchkeeper.sources.chain_readers import Reader, reader
from watchkeeper.sources.chain_reading import Reading, Rejected, Settings
from watchkeeper.store.case import Case
from watchkeeper.values import chain as chains
from watchkeeper.values import chain_address
from watchkeeper.values.amount import units
from watchkeeper.values.csv_text import line
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, NotFound

_VERB = "add"
_AT_ONCE = 500_000  # rows of a set whose index is built as soon as they are added
_LONGEST = 100  # characters of the name of a set
_ASSETS = 10  # assets of a set whose completeness is printed; more than a person reads


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user says of the files that they do not say themselves.

    Attributes:
        reader: Id of the reader, e.g. "ethereum/etherscan".
        chain: Id, short name or name of the chain; None where the files say it.
        name: Name of the set; None for each file's own stem.
        mapping: Of a plain table.
        source: The source that the files are or come from; None for each capture as its own.
        accounts: Those the files were exported for.
        covers: Legs of which the files are said to hold all.
        obtained_from, obtained_how: Whence the files came; RED in the record whatever their label.
    """

    reader: str
    chain: str | None = None
    name: str | None = None
    mapping: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    accounts: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    obtained_from: str | None = None
    obtained_how: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What one file gave: its row for people, the rows that were rejected, and notes, a sentence each."""

    row: dict[str, Any]
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]


def add_chain(
    case: Case, paths: Sequence[Path], asked: Asked, *, by: str, tlp: str | None = None, strict: bool = False
) -> list[Added]:
    """Keep files of a chain as captures and log how they are read, with the labels and prices in them.

    Args:
        case: The case; its write lock is taken for each append.
        paths: The files; all are read before the first is kept.
        asked: Reader, chain, name and the rest.
        by: Who adds them.
        tlp: Label of the captures and of what is read from them; the stricter of source and capture if not given.
        strict: Refuse everything if one row is rejected.

    Raises:
        NotFound: a path, the reader or the source does not exist.
        Invalid: a file cannot be read whole, or hold what it is said to cover, or a row is rejected and `strict` asked
            for; nothing is kept of any.
    """
    how = reader(asked.reader)
    settings = _settings(asked, how)
    capture.obtained({"obtained_from": asked.obtained_from, "obtained_how": asked.obtained_how})
    if asked.source and asked.source not in set(case.tables["source"]["source_id"]):
        raise NotFound(
            f"No source {asked.source} in this case; see `watchkeeper ledger sources`, or leave --source out and each "
            "file stands for itself. Nothing was added."
        )
    for path in paths:
        usable(path, "added")
    files = [(path, path.read_bytes()) for path in paths]
    found = [(path, data, read(how, data, path.name, settings)) for path, data in files]
    for path, _, one_file in found:
        refuse_uncovered(how, one_file, path.name, asked.covers)
    bad = [f"{path.name}: {one.locator}: {one.reason}" for path, _, one_file in found for one in one_file.rejected]
    if strict and bad:
        raise Invalid(f"{len(bad)} rows cannot be kept; nothing was added.", tuple(bad))
    return [_add(case, how, settings, asked, one, by=by, tlp=tlp) for one in found]


def read_mapping(path: Path) -> dict[str, Any]:
    """Return the mapping of a plain table from a YAML file; raise `Invalid` if it is none."""
    usable(path, "added")
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"{path} cannot be read as YAML ({error}); nothing was added.") from error
    if not isinstance(told, dict) or not all(isinstance(key, str) for key in told):
        raise Invalid(f'{path} is no mapping; write "columns: {{from: ..., to: ..., amount: ...}}". Nothing was added.')
    return told


def write_rejects(rejected: Sequence[tuple[str, Rejected]], path: Path) -> None:
    """Write every rejected row with its file, place and reason; what would start a formula has an apostrophe."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.write(line(["file", "place", "reason"]))
        handle.writelines(line([name, one.locator, one.reason]) for name, one in rejected)


def completeness(case: Case, names: Sequence[str]) -> Iterator[str]:
    """Yield what is known of the completeness of sets: of each, and of each address they were exported for.

    A large set's index is left to be built when it is first asked for.

    Raises:
        Invalid: the rows of a set contradict each other, with both places.
    """
    for name in names:
        rows = [row for row in readings_of(case, [name]) if gives_rows(row)]
        if not rows:
            continue
        yield f"Set {name}: {of_set(rows)}"
        if sum(row["kept"] for row in rows) > _AT_ONCE:
            yield f"Set {name}: its index is built when it is first asked for."
            continue
        index = open_chain(case, [row["reading_id"] for row in rows])
        yield from (f"Set {name}: {note}" for note in index.notes)
        valued = [asset for asset in index.assets()["asset"] if asset in units()]
        yield from (f"Set {name}: {asset} only; internal transfers and other inflows unknown." for asset in valued)
        accounts = sorted({account for row in rows for account in row["accounts"] or ()})
        assets = index.assets().sort("transfers", descending=True)["asset"].to_list()[:_ASSETS]
        for asset in assets if accounts else ():
            yield from (f"Set {name}, {asset}: {one.sentence}" for one in index.completeness(accounts, asset))


def _settings(asked: Asked, how: Reader) -> Settings:
    if not asked.chain and {"transfers", "coins", "addresses"} & set(how.gives):
        raise Invalid(f"{how.id} needs to be told the chain: its files do not name it. Give --chain, e.g. --chain eth.")
    chain = chains.parse(asked.chain).id if asked.chain else ""
    for leg in asked.covers:
        check("legs", leg)
    if asked.name and (not asked.name.isprintable() or asked.name != asked.name.strip() or len(asked.name) > _LONGEST):
        raise Invalid(
            f"--name {asked.name[:_LONGEST]!r} is no name of a set: up to {_LONGEST} characters that can be printed "
            "are, with no blank around them. Nothing was added."
        )
    if asked.accounts and not chain:
        raise Invalid("--account names addresses, and an address means nothing without its chain; give --chain.")
    accounts = tuple(sorted({chain_address.parse(chain, one).text for one in asked.accounts}))
    return Settings(chain, asked.mapping, accounts)


def _add(
    case: Case,
    how: Reader,
    settings: Settings,
    asked: Asked,
    one: tuple[Path, bytes, Reading],
    *,
    by: str,
    tlp: str | None,
) -> Added:
    path, data, found = one
    sha256 = of_bytes(data)
    case.keep(data)
    whence = capture.obtained({"obtained_from": asked.obtained_from, "obtained_how": asked.obtained_how})
    body = capture.body(path.name, len(data), f"{how.title} ({how.id})", whence)
    held = received(case, sha256, body, how=_VERB, tlp=tlp or ON_ENTRY, obtained=whence)
    if held:
        case.append(held, at=clock.stamp(), by=by)  # first: what rests on a capture asks the record for it
    run = Entering(case, sha256, by=by, source=asked.source, covers=asked.covers, tlp=tlp)
    name = asked.name or path.stem
    new = [*run.reading(how, settings, found, name), *run.labels(found), *run.prices(found)]
    if new:
        case.append([*run.sources, *new], at=clock.stamp(), by=by)
    row = {
        "name": path.name,
        "capture": sha256,
        "reader": how.id,
        "set": name,
        "read": found.read,
        "kept": found.kept,
        "rejected": len(found.rejected),
        "labels": len(found.labels),
        "prices": len(found.prices),
        "new": len(new),
        "next": _next(how, name),
    }
    return Added(row, found.rejected, (*found.notes, *run.notes, *run.aside()))


def _next(how: Reader, name: str) -> str | None:
    if "transfers" in how.gives or "coins" in how.gives:
        return f'watchkeeper trace run NAME --name {name} --from ... --to ... --method fifo --reason "..."'
    return None
