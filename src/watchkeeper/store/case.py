"""Case: a folder with the record (raw/, log/) and what is rebuilt from it (tables/, index.duckdb)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from watchkeeper.store import captures, tables
from watchkeeper.store.lock import writing
from watchkeeper.store.log import Log, head, sync_folder
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid, NotFound, Unsound

_FORMAT = "watchkeeper case 1"


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
        except ValueError as error:
            raise Invalid(f"{folder}/case.json cannot be read ({error}); restore it from a copy.") from error
        if not isinstance(told, dict) or told.get("format") != _FORMAT:
            raise Invalid(f"{folder} is a case of another format than {_FORMAT}; this version cannot read it.")
        self.log = Log(folder / "log" / "000001.elog")

    @classmethod
    def create(cls, folder: Path) -> Case:
        """Make a new, empty case in a folder that does not exist or is empty."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Invalid(
                f"{folder} exists and is not empty; a case is made in a new folder, so that nothing is overwritten."
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Invalid(f"{folder} cannot be made ({error.strerror}); name another folder.") from error
        Log.create(folder / "log" / "000001.elog")
        with (folder / "case.json").open("x", encoding="utf-8") as file:
            file.write(json.dumps({"format": _FORMAT}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)
        sync_folder(folder.parent)
        return cls(folder)

    def append(self, entries: Sequence[Mapping[str, Json]], *, at: str, by: str) -> None:
        """Log entries `{kind, id, body, ...}` as one sealed batch, with who recorded them and when."""
        with writing(self.folder):
            self.log.append([{**entry, "at": at, "by": by} for entry in entries])
        self.__dict__.pop("tables", None)

    def keep(self, data: bytes) -> tuple[str, bool]:
        """Keep bytes as a capture; return their SHA-256 and whether they are new."""
        with writing(self.folder):
            return captures.keep(self.folder, data)

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """Return all tables, rebuilt first if they or the index are missing, changed or behind the log."""
        found = tables.read(self.folder / "tables", head(self.log)) if self.index.exists() else None
        return self.rebuild() if found is None else found

    @property
    def index(self) -> Path:
        """Return where the DuckDB index lies; ask for `tables` first, which rebuilds it if need be."""
        return self.folder / "index.duckdb"

    def rebuild(self) -> dict[str, pl.DataFrame]:
        """Build all tables anew from the log, and the DuckDB index over them; return the tables."""
        from watchkeeper.store import index

        sealed = self.log.read()
        built = tables.build(sealed.statements)
        self.index.unlink(missing_ok=True)  # first: an index that is there is never older than the tables
        tables.write(self.folder / "tables", built, (sealed.sealed_bytes, sealed.chain.hex()))
        index.build(self.index, self.folder / "tables")
        self.__dict__["tables"] = built
        return built

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
            "log_chain": sealed.chain.hex(),
            "torn_tail_bytes": sealed.torn_bytes,
            "captures": len(captures.all_of(self.folder)),
            "captures_sound": self._captures_sound(),
            "tables_fresh": tables.read(self.folder / "tables", (sealed.sealed_bytes, sealed.chain.hex())) is not None,
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
