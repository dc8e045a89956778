"""Entries on parties: which facts and links stand on a day, and whether one held on another.

Two days are asked about: from which the record is looked at (what was published or entered later drops out), and on
which something held. An end that nobody stated is none that is known.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.values import when

Tables = Mapping[str, pl.DataFrame]
NAMES = ("name", "alias", "former_name")
_IDS = {"fact": "fact_id", "link": "link_id"}


def standing(tables: Tables, kind: str, as_of: date | None = None) -> pl.DataFrame:
    """Return the facts or links that are not withdrawn and that the record knew on a day, in the record's order.

    Args:
        tables: The case's tables by kind.
        kind: "fact" or "link".
        as_of: The day looked from, inclusive; an undated entry counts from the day it was entered. None: all.
    """
    table = tables[kind]
    known = table if as_of is None else table.filter(pl.coalesce("published_on", "entered_on") <= as_of)
    return known.join(_withdrawn(tables["decision"], as_of), left_on=_IDS[kind], right_on="subject", how="anti")


def stated_names(tables: Tables, as_of: date | None = None) -> pl.DataFrame:
    """Return the standing facts that state a name, alias or former name; erased ones are left out."""
    stated = pl.col("field").is_in(NAMES) & (pl.col("stance") == "states") & pl.col("value").is_not_null()
    return standing(tables, "fact", as_of).filter(stated)


def holds(since: str | None, until: str | None, on: date) -> str:
    """Return "held", "possibly", "ended", "not yet" or "undated": whether what has these dates held on a day.

    A date that nobody stated sets no limit, as in `ownership_stakes`; without any, the word is "undated".

    Args:
        since: From when it holds, as written, that part included.
        until: Until when, as written, that part included.
        on: The day asked about.
    """
    if not since and not until:
        return "undated"
    begun, ended = (when.parse(text) if text else None for text in (since, until))
    if ended and ended.end <= on:
        return "ended"
    if begun and begun.first > on:
        return "not yet"
    certain = (begun is None or begun.end - timedelta(days=1) <= on) and (ended is None or on <= ended.first)
    return "held" if certain else "possibly"


def folded(name: str) -> str:
    """Return what two spellings of one name share: letter case, accents, width and spaces do not count."""
    plain = name if name.isascii() else unicodedata.normalize("NFKD", name)
    bare = plain if plain.isascii() else "".join(c for c in plain if not unicodedata.combining(c))
    return "".join(bare.casefold().split())


def _withdrawn(decisions: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    known = decisions if as_of is None else decisions.filter(pl.col("decided_on") <= as_of)
    said = known.filter(pl.col("verdict").is_in(["withdrawn", "confirmed", "undone"]))
    return in_force(said, as_of).filter(pl.col("verdict") == "withdrawn").select("subject")
