"""Series: provisions that follow one another on one subject, so that one question has one answer.

The refined petroleum cap is three paragraphs of two resolutions. A provision answers for
itself alone and raises outside its days; a series is asked when the subject is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.regime.entry import Entry
from watchkeeper.regime.strict import parse
from watchkeeper.values.refused import Invalid


@dataclass(frozen=True, slots=True)
class Series:
    """A subject and its provisions, oldest first; of several in force the last one answers."""

    key: str
    title: str
    because: str
    members: tuple[str, ...]


def read_series(text: str, name: str, known: frozenset[str]) -> tuple[Series, ...]:
    """Return the series of a file.

    Args:
        text: YAML: each key of a series with `title`, `because` and `members`.
        name: What messages call the file.
        known: Keys of the measures there are; a series may not bear one of them.

    Raises:
        Invalid: a member that is no measure or stands twice, fewer than two members, a key that is a
            measure's, or any fault of shape; all at once.
    """
    page = parse(text, name)
    faults: list[str] = []
    top = Entry(page, faults, page.root)
    found = tuple(_series(each, key, known) for key in page.root if (each := top.entry(key)) is not None)
    if faults:
        raise Invalid(f"{name} cannot be relied on.", tuple(faults))
    return found


def _series(entry: Entry, key: str, known: frozenset[str]) -> Series:
    one = Series(key, entry.text("title"), entry.text("because"), entry.texts("members"))
    for words in _broken(one, known):
        entry.fault("members", words)
    entry.done()
    return one


def _broken(one: Series, known: frozenset[str]) -> Iterator[str]:
    if one.key in known:
        yield "belong to a key that is a measure's; a series needs one of its own."
    if len(set(one.members)) < max(2, len(one.members)):
        yield "must be two measures or more, each once."
    yield from (f"{member} is no measure." for member in one.members if member not in known)
