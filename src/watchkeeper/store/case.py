"""Case: a folder with the record (raw/, log/) and what is rebuilt from it (tables/, index.duckdb)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from watchkeeper.evidence import personal, verify
from watchkeeper.evidence.merkle import EMPTY_ROOT
from watchkeeper.evidence.personal import KEY_BYTES
from watchkeeper.model import erasure, protection
from watchkeeper.model.record_kinds import RECORD_KINDS
from watchkeeper.store import captures, chance, disk, keys, scratch, tables
from watchkeeper.store.lock import Busy, writing
from watchkeeper.store.log import Log
from watchkeeper.values.digest import Json, of_bytes
from watchkeeper.values.refused import Invalid, NotFound, Unsound

_FORMAT = "watchkeeper case 2"
_LOG = Path("log") / "000001.elog"
_OWNER_ALONE = 0o700


class State(NamedTuple):
    """A point in the log, by the number of statements up to it and the Merkle root over them."""

    size: int
    root: str


_NOTHING = State(0, EMPTY_ROOT.hex())


class Case:
    """An open case; `tables` are read once and fresh for the state of the log at that moment."""

    def __init__(self, folder: Path) -> None:
        """Open a case folder; raise `NotFound` if it is none, `Invalid` if it is of another format."""
        self.folder = folder
        try:
            told = json.loads((folder / "case.json").read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(
                f"{folder} is no case folder. Make one with `watchkeeper case init {folder}`, or use --demo."
            ) from None
        except (ValueError, RecursionError) as error:
            raise Invalid(f"{folder}/case.json cannot be read ({error}); restore it from a copy.") from error
        if not isinstance(told, dict) or told.get("format") != _FORMAT:
            raise Invalid(f"{folder} is a case of another format than {_FORMAT}; this version cannot read it.")
        self.log = Log(folder / _LOG, _verifier(folder, told))

    @classmethod
    def create(cls, folder: Path) -> Case:
        """Make a new, empty case in a folder that does not exist or is empty; it appears whole or not at all.

        Nobody but its owner can enter it. A crash may leave the folder it was built in, `.new-case-` and 16 digits,
        of which nobody was told.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Invalid(
                f"{folder} exists and is not empty; a case is made in a new folder, so that nothing is overwritten."
            )
        given, folder = folder, folder.absolute()
        building = folder.with_name(f".new-case-{chance.draw(8).hex()}")  # no name that somebody else may have used
        try:
            _make(folder.parent)
            disk.make_folders(building, within=folder.parent, mode=_OWNER_ALONE)
            _fill(building)
            disk.move(building, folder)
        except OSError as error:
            raise Invalid(f"{given} cannot be made ({error.strerror}); name another folder.") from error
        finally:
            shutil.rmtree(building, ignore_errors=True)  # there only if it failed
        return cls(folder)

    def append(
        self, entries: Sequence[Mapping[str, Json]], *, at: str, by: str, new: frozenset[str] = frozenset()
    ) -> None:
        """Log entries `{kind, id, body, ...}` as one sealed batch, with who recorded them and when.

        Fields that protection.yml calls erasable are encrypted under a key of their record. So are those that an
        entry names itself, `{"personal": {"body/value": {"lawful_basis": ..., "retain_until": ...}}}`.

        Raises:
            Invalid: an id in `new` was given to another entry in the meantime; of two entries of one id, readers see
                the first alone.
        """
        with writing(self.folder):
            if taken := sorted(new & {s["id"] for s in self.log.read().statements} if new else ()):
                raise Invalid(f"{', '.join(taken)} was entered by somebody else just now; run the command again.")
            signer = keys.signer(self.folder)
            stamped: list[Any] = [{**entry, "at": at, "by": by} for entry in entries]
            closed = [number for number, one in enumerate(stamped) if _personal_of(one)]
            drawn = {number: chance.draw(KEY_BYTES) for number in closed}
            for number, key in drawn.items():
                stamped[number] = _closed(stamped[number], key)
            keys.add_personal(self.folder, {of_bytes(key): key for key in drawn.values()})
            self.log.append(stamped, signer)
        self.__dict__.pop("tables", None)

    def statements(self) -> list[dict[str, Any]]:
        """Return all sealed statements, personal fields opened; what was erased is left out."""
        return self.opened(self.log.read().statements)

    def opened(self, statements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the statements of the whole log with their personal fields opened; what was erased is left out."""
        held = self.keys_of(statements)
        return [_opened(statement, held) for statement in statements]

    def keys_of(self, statements: Sequence[dict[str, Any]]) -> dict[str, bytes]:
        """Return the keys that may open the personal fields of the whole log, by their digests.

        They are read after the log was, and what the log calls erased is none of them, though a backup brought it back.
        """
        gone = erasure.erased(statements)
        return {digest: key for digest, key in keys.personal(self.folder).items() if digest not in gone}

    def keep(self, data: bytes) -> tuple[str, bool]:
        """Keep bytes as a capture; return their SHA-256 and whether they are new."""
        with writing(self.folder):
            return captures.keep(self.folder, data)

    def erase(self, erased: set[str]) -> int:
        """Erase the keys of records, by their digests, and with them what the tables say of them; return how many."""
        with writing(self.folder):
            for where, prefix in (
                (self.folder, scratch.OF_INDEX),
                (self.folder, scratch.OF_COPY),
                (self.folder / "tables", scratch.OF_TABLES),
            ):
                scratch.sweep(where, prefix)
            # First: tables that say what was erased are never fresh, whenever a crash comes.
            for path in (self.folder / "tables" / "built.json", self.index):
                if path.exists():
                    disk.remove(path)
            gone = keys.erase_personal(self.folder, erased)
        self.rebuild()
        return gone

    def keep_run(self, manifest: bytes) -> None:
        """Keep the manifest of a run under the digest of its bytes."""
        with writing(self.folder):
            disk.make_folders(self.folder / "runs", within=self.folder)
            disk.put(self.run_path(of_bytes(manifest)), manifest)

    def run_path(self, run: str) -> Path:
        """Return where the manifest of a run lies."""
        return self.folder / "runs" / f"{run}.json"

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """Return all tables, rebuilt first if they or the index are missing, changed or behind the log."""
        found = tables.read(self.folder / "tables", self.state()) if self._index_sound() else None
        return self.rebuild() if found is None else found

    @property
    def index(self) -> Path:
        """Return where the DuckDB index lies; ask for `tables` first, which rebuilds it if need be."""
        return self.folder / "index.duckdb"

    @property
    def _index_mark(self) -> Path:
        return self.folder / "tables" / "index.sha256"

    def _index_sound(self) -> bool:
        """Say whether the index has the bytes it was built with: DuckDB would read some changes as other values."""
        try:
            return self._index_mark.read_text("ascii") == of_bytes(self.index.read_bytes())
        except (OSError, ValueError):
            return False

    def state(self) -> State:
        """Return the name of what the tables are built from: the log behind its last entry that they show."""
        state = _NOTHING
        for batch, head in self.log.batches():
            if any(_shown(statement) for statement in batch):
                state = State(head.size, head.root.hex())
        return state

    def rebuild(self) -> dict[str, pl.DataFrame]:
        """Build all tables anew from the log, and the DuckDB index over them; return the tables."""
        from watchkeeper.store import index

        state, logged = _NOTHING, []
        for batch, head in self.log.batches():
            if any(_shown(statement) for statement in batch):
                state = State(head.size, head.root.hex())
            logged += batch
        self._drop_erased(logged)
        built = tables.build(self.opened(logged))
        self.index.unlink(missing_ok=True)  # first: an index that is there is never older than the tables
        tables.write(self.folder / "tables", built, state)
        index.build(self.index, self.folder / "tables")
        with suppress(FileNotFoundError):  # another reader took it away to build its own, and will mark that
            self._index_mark.write_text(of_bytes(self.index.read_bytes()), "ascii")
        if self._erased_since(logged):
            return self.rebuild()
        self.__dict__["tables"] = built
        return built

    def _drop_erased(self, logged: Sequence[dict[str, Any]]) -> None:
        """Erase keys that the log calls erased and that are there: a crash kept them, or a backup brought them back."""
        back = erasure.erased(logged).keys() & keys.personal(self.folder).keys()
        if back:
            with suppress(Busy), writing(self.folder):  # whoever is writing is perhaps just erasing them
                keys.erase_personal(self.folder, back)

    def _erased_since(self, logged: Sequence[dict[str, Any]]) -> bool:
        """Say whether another process erased while this one built tables out of what it had read before."""
        if self.log.acknowledged().size == len(logged):
            return False
        return erasure.erased(self.log.read().statements).keys() != erasure.erased(logged).keys()

    def check_captures(self) -> None:
        """Hash every capture, logged or lying there; raise `Unsound` naming the first that is changed or gone."""
        logged = {s["id"] for s in self.log.read().statements if s["kind"] == "capture"}
        for sha256 in sorted(logged | set(captures.all_of(self.folder))):
            try:
                captures.read(self.folder, sha256)
            except NotFound:
                raise Unsound(
                    f"Capture {sha256} is in the log and its bytes are gone. Restore it from a copy."
                ) from None

    def _captures_sound(self) -> bool:
        try:
            self.check_captures()
        except Unsound:
            return False
        return True

    def status(self) -> dict[str, Any]:
        """Return what the case holds: statements by kind, captures and their state, the log's head, any torn tail."""
        sealed = self.log.read()
        return {
            "case": str(self.folder),
            "log_statements": len(sealed.statements),
            "log_root": sealed.head.root.hex(),
            "key_fingerprint": self.log.verifier.fingerprint,
            "torn_tail_bytes": sealed.torn_bytes,
            "captures": len(captures.all_of(self.folder)),
            "captures_sound": self._captures_sound(),
            "tables_fresh": tables.read(self.folder / "tables", self.state()) is not None,
            **{
                f"{kind}s".replace("ys", "ies"): table.height
                for kind, table in self.tables.items()
                if kind != "capture"
            },
        }


def nearest(start: Path) -> Path:
    """Return the nearest case folder at or above `start`; raise `NotFound` with what to type."""
    for folder in (start, *start.parents):
        if (folder / "case.json").is_file():
            return folder
    raise NotFound(
        f"No case folder at or above {start}. Use --case DIR, --demo for the bundled case, "
        "or make one with `watchkeeper case init DIR`."
    )


def _make(folder: Path) -> None:
    """Make a folder and those above it that are missing, down from the nearest that is there."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    disk.make_folders(folder, within=there)


def _fill(folder: Path) -> None:
    disk.make_folders(folder / "log", within=folder)
    signer = keys.make(folder)
    Log.create(folder / _LOG, signer)
    told = {"format": _FORMAT, "verifier": signer.verifier.written()}
    disk.put(folder / "case.json", (json.dumps(told) + "\n").encode())


def _verifier(folder: Path, told: Mapping[str, Any]) -> verify.Verifier:
    try:
        return verify.Verifier.read(str(told.get("verifier")))
    except verify.Failed as fault:
        raise Invalid(f"{folder}/case.json: {fault} Restore it from a copy.") from None


def _shown(statement: Mapping[str, Any]) -> bool:
    """Say whether a statement can move a table; what an erasure took out of them must leave them too."""
    return statement["kind"] not in RECORD_KINDS or statement["kind"] == "erasure"


def _personal_of(entry: Mapping[str, Any]) -> set[str]:
    """Return the fields of an entry that are encrypted."""
    named = protection.erasable(entry["kind"])
    if not named and "personal" not in entry:  # as of nearly all
        return set()
    named |= entry.get("personal", {}).keys()
    return {path for path in named if path.removeprefix("body/") in entry["body"]}


def _closed(entry: Mapping[str, Any], key: bytes) -> dict[str, Json]:
    """Return an entry with its personal fields encrypted; `key` names the key among the case's."""
    named = _personal_of(entry)
    body = {
        name: personal.close(f"body/{name}", value, key) if f"body/{name}" in named else value
        for name, value in entry["body"].items()
    }
    return {**entry, "body": body, "key": of_bytes(key)}


def _opened(statement: dict[str, Any], held: Mapping[str, bytes]) -> dict[str, Any]:
    """Return a statement with its personal fields as they were; without those whose key was erased."""
    if "key" not in statement:
        return statement
    key = held.get(statement["key"])
    body = {}
    for name, value in statement["body"].items():
        if not personal.is_closed(value):
            body[name] = value
        elif key is not None:
            body[name] = personal.open_(f"body/{name}", value, key)
    return {**statement, "body": body}
