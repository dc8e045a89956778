"""The ledger that comes with Watchkeeper: thefts, IT-work cases and bodies as named by others, a source on each row."""

from __future__ import annotations

from importlib.resources import files

# Order matters: a claim may name only incidents and sources that were read before it.
ORDER = (
    "sources.csv",
    "editions.csv",
    "incidents.csv",
    "parties.csv",
    "claims.csv",
    "facts.csv",
    "links.csv",
    "labels.csv",
    "prices.csv",
    "decisions.csv",
    "tallies.csv",
)


def tables() -> dict[str, bytes]:
    """Return the bytes of each bundled table by file name, in reading order."""
    folder = files(__name__)
    return {name: folder.joinpath(name).read_bytes() for name in ORDER}


def transfers() -> dict[str, bytes]:
    """Return the bytes of each bundled table of transfers, and of its mapping, by file name."""
    folder = files(__name__).joinpath("chain")
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir(), key=lambda one: one.name)}
