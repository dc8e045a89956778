"""The regime as it is shipped: every provision, the series they form, and what was law on a day.

The folder `measures/` is the registry; a file's path is its key. Links between provisions
are checked over the whole set, because a file alone cannot know that its successor exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from watchkeeper.model.measure import DatedValue, Measure, NotInForce
from watchkeeper.regime.read import read
from watchkeeper.regime.series import Series, read_series
from watchkeeper.values.refused import Invalid, NotFound

__all__ = ["NotInForce", "in_force", "measure", "measures", "provisions", "read", "read_all", "series"]


@cache
def measures() -> tuple[Measure, ...]:
    """Return every provision shipped, by key; raise `Invalid` with all faults of all files."""
    return read_all(dict(_texts(files("watchkeeper.regime") / "measures", "")))


@cache
def series() -> Mapping[str, Series]:
    """Return the series shipped, by key: provisions that follow one another on one subject."""
    text = (files("watchkeeper.regime") / "series.yml").read_text("utf-8")
    return {each.key: each for each in read_series(text, "series.yml", frozenset(_by_key()))}


def measure(key: str) -> Measure:
    """Return one provision.

    Raises:
        NotFound: no file has this key; the text lists the nearest keys, or the members if the
            key is that of a series.
    """
    if key in series():
        raise NotFound(f"{key} is a series, not one provision. Ask for one of: {', '.join(series()[key].members)}.")
    try:
        return _by_key()[key]
    except KeyError:
        raise NotFound(f'There is no measure "{key}".{_nearest(key)}') from None


def provisions(key: str) -> tuple[Measure, ...]:
    """Return the provisions a key stands for: one for a measure, all in order for a series."""
    members = series()[key].members if key in series() else (key,)
    return tuple(measure(member) for member in members)


def in_force(key: str, on: date) -> DatedValue:
    """Return what was law on a day.

    Args:
        key: A measure, e.g. "UN-1718/crude-oil-cap", or a series, e.g. "UN-1718/crude-oil":
            of a series the last member that holds on the day answers.
        on: The day asked about; a value counts from its first day, inclusive.

    Returns:
        The dated value; its `key` names the provision, its `checked` how far it was checked.

    Raises:
        NotInForce: nothing was law on the day, or the first day is not known. No default.
        NotFound: there is no such measure or series.
    """
    silences = []
    for member in reversed(provisions(key)):
        try:
            return member.on(on)
        except NotInForce as silence:
            silences.append(str(silence))
    if len(silences) > 1:
        raise NotInForce("\n".join((f"No provision of {key} was law on {on}:", *reversed(silences))))
    raise NotInForce(silences[0] + _elsewhere(key, on))


def read_all(texts: Mapping[str, str]) -> tuple[Measure, ...]:
    """Return the provisions of a whole set of files, by key.

    Args:
        texts: YAML text by the path of its file below `measures/`.

    Raises:
        Invalid: any file is faulty, or one names a successor that does not exist, or ends
            on a day on which no successor begins; all faults of all files.
    """
    found: dict[str, Measure] = {}
    faults: list[str] = []
    for name, text in sorted(texts.items()):
        try:
            found[name.removesuffix(".yml")] = read(text, name)
        except Invalid as refusal:
            faults.extend(refusal.faults or (refusal.summary,))
    if not faults:
        faults.extend(fault for each in found.values() for fault in _broken_links(each, found))
    if faults:
        raise Invalid(f"The regime cannot be relied on: {len(faults)} faults.", tuple(faults))
    return tuple(found.values())


def _broken_links(one: Measure, known: Mapping[str, Measure]) -> Iterator[str]:
    for key in (*one.superseded_by, *one.widened_by):
        if key not in known or key == one.key:
            yield f"{one.key}.yml: there is no other measure {key} to follow it."
    begins = {known[key].values[0].from_on for key in one.superseded_by if key in known}
    ends = {value.until if value.status == "in-force" else value.from_on for value in one.values}
    if one.superseded_by and not begins & ends:
        yield f"{one.key}.yml: no successor begins on the day after its last."


def _texts(folder: Traversable, below: str) -> Iterator[tuple[str, str]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _texts(item, f"{below}{item.name}/")
        elif item.name.endswith(".yml"):
            yield f"{below}{item.name}", item.read_text("utf-8")


@cache
def _by_key() -> Mapping[str, Measure]:
    return {each.key: each for each in measures()}


def _nearest(key: str) -> str:
    known: Iterable[str] = (*_by_key(), *series())
    near = get_close_matches(key, known, n=3, cutoff=0.5)
    return f" Nearest: {', '.join(near)}." if near else " `regime list` shows them all."


def _elsewhere(key: str, on: date) -> str:
    for each in series().values():
        if key in each.members and any(v.holds_on(on) for m in each.members for v in measure(m).values):
            return f" Ask the series {each.key}: another of its provisions was law that day."
    return ""
