"""States: the names by which text means a State or territory, each with the reference to write instead."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.report.lint import known


@cache
def index() -> known.Index:
    """Return every name of `values/country.csv` and `states.yml`, ready to be found."""
    return known.index({name: f"write {' or '.join(told)}" for name, told in _names().items()}, people=False)


def because() -> str:
    """Return why a State is named only by reference."""
    return str(_data()["because"])


def _names() -> Mapping[str, list[str]]:
    """Return each name with the references it may mean: "Korea" has two."""
    found: dict[str, list[str]] = {}
    table = files("watchkeeper.values").joinpath("country.csv").read_text("utf-8")
    for row in csv.DictReader(table.splitlines()):
        for name in filter(None, (row["un_name"], row["short_name"], *row["aliases"].split("|"))):
            for spelled in _spellings(name.removeprefix("The ")):
                found.setdefault(spelled, []).append(f"{{state {row['alpha2']}}}")
    for alpha2, names in _data()["names"].items():
        for name in str(names).split(", "):
            found.setdefault(name, []).append(f"{{state {alpha2}}}")
    return {name: list(dict.fromkeys(told)) for name, told in found.items()}


def _spellings(name: str) -> set[str]:
    return {name, name.replace("Saint ", "St "), name.replace(" & ", " and "), name.replace(" and ", " & ")}


@cache
def _data() -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml.safe_load(files(__package__).joinpath("states.yml").read_text("utf-8"))
    return told
