"""Opening: which case a command works on: the one named, the nearest folder's, or the bundled one."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

from watchkeeper import __version__
from watchkeeper.ledger import bundled
from watchkeeper.model.tlp import LAXEST
from watchkeeper.store.case import Case, nearest
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import NotFound, Refused

# What an entry of the bundled case says beside its row; a cached case that says less is built anew.
_ENTERED_AS = b"labels, custody and traces 1\n"
BUNDLED_BY = "watchkeeper"  # who enters the bundled ledger; whatever another name entered is a person's work


def open_case(folder: Path | None, *, demo: bool = False) -> Case:
    """Return the case to work on.

    Args:
        folder: A case folder, or None for the nearest at or above the working folder.
        demo: The bundled case instead, built once into the user's cache.

    Raises:
        Refused: both were asked for.
        NotFound: there is no case folder.
    """
    if demo and folder is not None:
        raise Refused("--case and --demo name two cases; give one of them.")
    if demo:
        return demo_case(_cache())
    return Case(folder if folder is not None else nearest(_here()))


def case_if_any(folder: Path | None) -> Case | None:
    """Return the case that is named, or the nearest one; None if none is named and none is near."""
    if folder is not None:
        return Case(folder)
    with suppress(NotFound):
        return Case(nearest(_here()))
    return None


def demo_case(cache: Path) -> Case:
    """Return the bundled case from a cache folder, building it first if this version's is not there."""
    folder = cache / f"demo-{__version__}-{_bundle_digest()[:16]}"
    if not (folder / "case.json").exists():
        cache.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=cache, prefix=".building-"))
        try:
            fill_with_demonstration(Case.create(building / "case"))
            _move(building / "case", folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return Case(folder)


def fill_with_bundled(case: Case) -> None:
    """Import the bundled ledger into an empty case; one bad row of ours raises, and the tests would see it."""
    from watchkeeper.runs.importing import import_tables  # here: it loads readers that no other command needs

    # Our own rows are dated and tested; a machine whose clock is slow may still have them.
    import_tables(case, bundled.tables(), by=BUNDLED_BY, strict=True, today=date.max, tlp=LAXEST, settled=True)
    case.rebuild()


def fill_with_demonstration(case: Case) -> None:
    """Import the bundled ledger into an empty case, and follow the bundled transfers."""
    from watchkeeper.runs.demo_traces import add_traces

    fill_with_bundled(case)
    add_traces(case, by=BUNDLED_BY)
    case.rebuild()


def _move(built: Path, folder: Path) -> None:
    try:
        built.rename(folder)
    except OSError:
        if not (folder / "case.json").exists():  # another process built the same case first: use that one
            raise


def _bundle_digest() -> str:
    return of_bytes(_ENTERED_AS + b"".join([*bundled.tables().values(), *bundled.transfers().values()]))


def _here() -> Path:
    """Return the folder that the shell stands in; raise `NotFound` if it is gone, as after `case init .`."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise NotFound(
            "The folder that this shell stands in was removed, or replaced by another of its name. Type `cd .` and run "
            "the command again."
        ) from None


def _cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "watchkeeper"
