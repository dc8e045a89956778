"""Country: States and territories by ISO 3166-1 code, with the name the United Nations writes.

Two codes differ by one step and name opposite sides: 408 and KP are the Democratic People's
Republic of Korea, 410 and KR the Republic of Korea. SK is Slovakia. "Korea" or "Congo" alone
names two States, so it is refused with both candidates; the caller keeps the text as written.

Codes are ISO 3166-1 and M49 (United Nations Statistics Division, "Standard country or area
codes for statistical use"); `un_name` is the M49 name, without its article. `kind` is "state"
for the 193 Members of the United Nations and its two observer States; everything else is
"territory", which says nothing about legal status. Kosovo has no ISO code and is not here.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

from watchkeeper.values.refused import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal["state", "territory"]

_KOREA = "KP (408) is the north and KR (410) the south; a case about the one filed under the other is worse than a gap."


@dataclass(frozen=True, slots=True, order=True)
class Country:
    """A State or territory. `un_name` is for text and maps, `short_name` for narrow tables."""

    alpha2: str
    alpha3: str
    m49: str
    un_name: str
    short_name: str
    kind: Kind


def countries() -> tuple[Country, ...]:
    """Return all 249 States and territories, by alpha-2 code."""
    return tuple(country for country, _ in _table())


def parse(text: str) -> Country:
    """Return the State or territory that a text names, if it names exactly one.

    Args:
        text: An alpha-2 or alpha-3 code in capitals, a UN name, a short name or a known other
            spelling. In names, case, accents and runs of spaces do not count.

    Raises:
        Invalid: The text names nothing (the nearest names are listed) or more than one
            (all are listed).
    """
    wanted = " ".join(text.split())
    found = _codes().get(wanted) or _names().get(_folded(wanted), ())
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(_ambiguous(wanted, found))
    raise Invalid(f'"{text}" is no State or territory we know. {_nearest(wanted)}')


def by_alpha2(code: str) -> Country:
    """Return the State or territory with this alpha-2 code, in capitals; raise `Invalid` if there is none."""
    return _one(code, "ISO 3166-1 alpha-2", {country.alpha2: country for country in countries()})


def by_m49(code: str) -> Country:
    """Return the State or territory with this M49 code: three digits as text, e.g. "004"; raise `Invalid` if none."""
    return _one(code, "M49 (three digits, kept as text)", {country.m49: country for country in countries()})


def _one(code: str, scheme: str, table: Mapping[str, Country]) -> Country:
    if code not in table:
        raise Invalid(f'"{code}" is no {scheme} code of a State or territory. {_nearest(code)}')
    return table[code]


@cache
def _table() -> tuple[tuple[Country, tuple[str, ...]], ...]:
    text = files("watchkeeper.values").joinpath("country.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((_country(row), tuple(filter(None, row["aliases"].split("|")))) for row in rows)


def _country(row: Mapping[str, str]) -> Country:
    names = row["alpha2"], row["alpha3"], row["m49"], row["un_name"], row["short_name"]
    return Country(*names, kind=cast("Kind", row["kind"]))


@cache
def _codes() -> Mapping[str, tuple[Country, ...]]:
    """Index what counts only in capitals: "UK" is the United Kingdom, but "uk" is Ukrainian, a language."""
    return _grouped(
        (code, country)
        for country, aliases in _table()
        for code in (country.alpha2, country.alpha3, *filter(str.isupper, aliases))
    )


@cache
def _names() -> Mapping[str, tuple[Country, ...]]:
    """Index names and other spellings; a spelling that stands at two countries is ambiguous on purpose."""
    return _grouped(
        (_folded(name), country)
        for country, aliases in _table()
        for name in (country.un_name, country.short_name, *(alias for alias in aliases if not alias.isupper()))
    )


def _grouped(pairs: Iterable[tuple[str, Country]]) -> Mapping[str, tuple[Country, ...]]:
    index: dict[str, tuple[Country, ...]] = {}
    for key, country in pairs:
        held = index.get(key, ())
        index[key] = held if country in held else (*held, country)
    return MappingProxyType(index)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("\u2019", "'").casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _ambiguous(text: str, found: tuple[Country, ...]) -> str:
    listed = " or ".join(f"{country.un_name} ({country.alpha2})" for country in found)
    why = f" {_KOREA}" if {country.alpha2 for country in found} == {"KP", "KR"} else ""
    return f'"{text}" names more than one: {listed}.{why} Write the code or the full name.'


def _nearest(text: str) -> str:
    from difflib import get_close_matches  # only needed to word an error

    if text.upper() in _codes():
        return f'Codes are written in capitals: "{text.upper()}" is {_codes()[text.upper()][0].un_name}.'
    near = get_close_matches(_folded(text), _names(), n=3, cutoff=0.6)
    named = dict.fromkeys(f"{country.un_name} ({country.alpha2})" for name in near for country in _names()[name])
    return f"Nearest: {', '.join(named)}." if named else "No name is near it; write the code or the UN name."
