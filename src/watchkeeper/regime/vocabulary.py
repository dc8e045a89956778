"""The closed words of the regime: kinds, directions, units, periods, HS bases and the rest.

A word that is not in `vocabulary.yml` is refused. How far a fact was checked is one word
for the whole project, so the group `checked` comes from `model/vocabulary.yml`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType

from watchkeeper.model import vocabulary as shared
from watchkeeper.regime.strict import parse
from watchkeeper.values.refused import Invalid


@cache
def groups() -> MappingProxyType[str, MappingProxyType[str, str]]:
    """Return every group of words; a group maps each word to the sentence that defines it."""
    text = files("watchkeeper.regime").joinpath("vocabulary.yml").read_text("utf-8")
    own = {name: _sentences(group) for name, group in parse(text, "vocabulary.yml").root.items()}
    marks = {word: shared.meaning("checked", word) for word in shared.words("checked")}
    return MappingProxyType({**own, "checked": MappingProxyType(marks)})


def check(group: str, word: str) -> str:
    """Return the word if its group holds it; raise `Invalid` with the group's words otherwise."""
    known = groups()[group]
    if word not in known:
        raise Invalid(f'"{word}" is not one of the {group}: {", ".join(known)}.')
    return word


def _sentences(group: object) -> MappingProxyType[str, str]:
    if not isinstance(group, dict):
        raise TypeError("A group of vocabulary.yml maps words to sentences.")
    return MappingProxyType({str(word): str(sentence) for word, sentence in group.items()})
