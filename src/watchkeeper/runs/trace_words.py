"""Trace words: the addresses for which a person's word stands: a list that was added, an address, a label or a kind.

What was withdrawn as entered in error stands for nothing: no reading of it is followed, no list or label of it taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.ledger.labels import Label, labelled, stop_of
from watchkeeper.model import vocabulary
from watchkeeper.store.case import Case
from watchkeeper.values import chain_address
from watchkeeper.values.refused import Invalid, NotFound

if TYPE_CHECKING:
    from watchkeeper.store.chain_index import ChainIndex

NOTHING = "Nothing was written."
_KIND = "kind:"


def standing(case: Case) -> pl.DataFrame:
    """Return the readings of a case that were not withdrawn."""
    decisions = case.tables["decision"]
    gone = in_force(decisions.filter(pl.col("verdict").is_in(["withdrawn", "undone"])))["subject"]
    return case.tables["reading"].filter(~pl.col("reading_id").is_in(gone.implode()))


def addresses(case: Case, index: ChainIndex, word: str) -> list[str]:
    """Return the addresses that a word stands for: a set, an address, a label or a kind of stop.

    Raises:
        NotFound: it stands for none; Invalid: it is meant as an address, and is none of this chain.
    """
    read = standing(case)
    if word in set(read["name"]):
        return _listed(index, word, read.filter(read["name"] == word)["reading_id"].to_list())
    try:
        # Before labels: whoever labels another address with the text of this one turns nothing away from it.
        return [chain_address.parse(index.chain, word.removeprefix(f"{index.chain}:")).text]
    except Invalid as refusal:
        found = list(dict.fromkeys(_bare(index.chain, one.address) for one in meant(case, index.chain, word)))
        if found:
            return found
        if _looks_like_an_address(word):
            raise
        names = ", ".join(dict.fromkeys(read["name"])) or "none"
        said = f'"{word}" is no list that was added ({names}), no label of an address of {index.chain}, and no address'
        raise NotFound(f"{said}: {refusal} {NOTHING}") from None


def meant(case: Case, chain: str, word: str) -> list[Label]:
    """Return the labels for which a word stands: those of a text, a service or a kind of stop.

    Raises:
        Invalid: a kind of stop that is none.
    """
    wanted = word.casefold()
    of_kind = wanted.removeprefix(_KIND) if wanted.startswith(_KIND) else ""
    if wanted.startswith(_KIND):
        vocabulary.check("stops", of_kind)
    book = {address: held for address, held in labelled(case.tables).items() if address.startswith(f"{chain}:")}
    if of_kind:
        return [one for labels in book.values() if stop_of(labels) == of_kind for one in labels]
    return [one for labels in book.values() for one in labels if wanted in _names(one.text, one.stem, one.service)]


def _listed(index: ChainIndex, word: str, readings: list[str]) -> list[str]:
    """Return the addresses of one chain that the lists of a name hold."""
    found, refused = [], None
    for reading in readings:
        try:
            found += index.addresses_listed(reading)
        except NotFound as refusal:
            refused = refusal
    here = [_bare(index.chain, one) for one in found if one.startswith(f"{index.chain}:")]
    if here:
        return list(dict.fromkeys(here))
    if found:
        raise NotFound(f"{word} lists no address of {index.chain}. {NOTHING}")
    raise NotFound(f"{refused or ''} {word} holds transfers and is no list of addresses. {NOTHING}".strip())


def _names(*texts: str | None) -> set[str]:
    return {text.casefold() for text in texts if text}


def _looks_like_an_address(word: str) -> bool:
    return len(word) > 25 and " " not in word


def _bare(chain: str, address: str) -> str:
    return address.removeprefix(f"{chain}:")
