"""Manifest: what a run made, from what, with which code and settings, as an in-toto Statement (v1).

It holds no instant, no host and no name of a person: the same run on the same record gives the
same bytes. The log entry that names it adds who ran it and when.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from watchkeeper import __version__
from watchkeeper.store.case import Case
from watchkeeper.values.digest import Json, of_bytes, of_json

_TYPE = "https://in-toto.io/Statement/v1"
_PREDICATE = "urn:watchkeeper:run:1"
_LIBRARIES = ("duckdb", "polars", "numpy", "numba", "typst", "python-docx", "jinja2")
_CODE = (".py", ".yml", ".csv", ".md", ".typ", ".html", ".css", ".txt", ".json")


def manifest(
    verb: str,
    outputs: Mapping[str, bytes],
    materials: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
    counts: Mapping[str, int] | None = None,
) -> bytes:
    """Return the manifest of a run.

    Args:
        verb: The command, e.g. "report build".
        outputs: What it made, by name.
        materials: What it read, each `{"name", "digest"}`.
        parameters: What was asked for.
        counts: Rows read, kept and rejected, where rows were read.
    """
    told = {
        "_type": _TYPE,
        "subject": [{"name": name, "digest": {"sha256": of_bytes(data)}} for name, data in sorted(outputs.items())],
        "predicateType": _PREDICATE,
        "predicate": {
            "verb": verb,
            "materials": list(materials),
            "parameters": dict(parameters),
            "versions": versions(),
            "seed": None,  # nothing here draws lots
            "time_zone": "UTC",
            "counts": dict(counts) if counts is not None else None,
        },
    }
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def record_material(case: Case) -> dict[str, Any]:
    """Return the record as a material: the Merkle root behind its last entry that a table shows, and the size there."""
    state = case.state()
    return {"name": f"log, the first {state.size} statements", "digest": {"merkleRoot": state.root}}


def capture_material(sha256: str) -> dict[str, Any]:
    """Return a capture as a material."""
    return {"name": f"capture {sha256}", "digest": {"sha256": sha256}}


def entry(case: Case, data: bytes, *, verb: str, tlp: str) -> dict[str, Json]:
    """Keep a manifest in the case and return the log entry that names it."""
    case.keep_run(data)
    return {"kind": "run", "id": of_bytes(data), "tlp": tlp, "body": {"verb": verb}}


def versions() -> dict[str, str]:
    """Return what computed: our version and the digest of our code, Python, and the libraries that shape a result."""
    ours = {"watchkeeper": __version__, "watchkeeper code": _code_digest(), "python": platform.python_version()}
    return ours | {name: version(name) for name in _LIBRARIES}


@cache
def _code_digest() -> str:
    found: dict[str, Json] = {}
    _collect(files("watchkeeper"), "", found)
    return of_json(found)


def _collect(folder: Traversable, path: str, found: dict[str, Json]) -> None:
    for one in folder.iterdir():
        if one.is_dir():
            _collect(one, f"{path}{one.name}/", found)
        elif one.name.endswith(_CODE):
            found[f"{path}{one.name}"] = of_bytes(one.read_bytes())
