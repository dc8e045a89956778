"""Options: the choices that a policy leaves open, each with a name, its values and the sentence that says what it does.

A result without them cannot be computed again. The choices are data, in `options.yml`; code only knows their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from watchkeeper.regime.strict import parse
from watchkeeper.values.refused import Invalid

_FILE = "options.yml"
FAMILIES = ("account", "coins")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: what it is about, its values with a sentence each, the one taken if nothing is said, and why."""

    name: str
    says: str
    values: Mapping[str, str]
    default: str
    because: str


@dataclass(frozen=True, slots=True)
class Options:
    """The value taken for every choice of a family of chains."""

    family: str
    taken: Mapping[str, str]

    @classmethod
    def of(cls, chosen: Mapping[str, str], family: str = "account") -> Options:
        """Return the choices made, and the default of every other.

        Args:
            chosen: Value by name of the choice, e.g. {"shortage": "opening"}.
            family: "account" or "coins", as in `values.chain`.

        Raises:
            Invalid: a choice or a value that is not there; all of them at once.
        """
        known = choices(family)
        faults = [f'There is no option "{name}". Known: {", ".join(known)}.' for name in chosen if name not in known]
        faults += [
            f'The option "{name}" has no value "{value}". Known: {", ".join(known[name].values)}.'
            for name, value in chosen.items()
            if name in known and value not in known[name].values
        ]
        if faults:
            raise Invalid("The options cannot be taken.", tuple(faults))
        taken = {name: chosen.get(name, choice.default) for name, choice in known.items()}
        return cls(family, MappingProxyType(taken))

    def __getitem__(self, name: str) -> str:
        """Return the value taken for a choice."""
        return self.taken[name]

    def told(self) -> dict[str, str]:
        """Return every choice with its value, for the log and for print."""
        return dict(self.taken)

    def sentences(self) -> dict[str, str]:
        """Return for every choice the sentence of the value taken."""
        known = choices(self.family)
        return {name: known[name].values[value] for name, value in self.taken.items()}


@cache
def choices(family: str) -> Mapping[str, Choice]:
    """Return the choices of a family of chains, by name, in the order of the file."""
    page = parse((files("watchkeeper.methods.taint") / _FILE).read_text("utf-8"), _FILE)
    group = page.root.get(family)
    if not isinstance(group, dict):
        raise Invalid(f'{_FILE} has no choices for the family "{family}". Known: {", ".join(page.root)}.')
    return MappingProxyType({name: _choice(name, entry) for name, entry in group.items()})


def _choice(name: str, entry: object) -> Choice:
    """Return one choice of the file, or raise `Invalid` if it is not whole."""
    wanted = {"says", "values", "default", "because"}
    if not isinstance(entry, dict) or set(entry) != wanted or not isinstance(entry["values"], dict):
        raise Invalid(f'{_FILE}: the option "{name}" must have exactly {", ".join(sorted(wanted))}.')
    values = {str(value): str(said) for value, said in entry["values"].items()}
    if entry["default"] not in values:
        raise Invalid(f'{_FILE}: the default of "{name}" is none of its values: {", ".join(values)}.')
    return Choice(name, str(entry["says"]), MappingProxyType(values), str(entry["default"]), str(entry["because"]))
