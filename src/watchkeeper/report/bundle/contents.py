"""Contents: the files of a bundle from a report, the log behind it and what vouches for both; bytes in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from watchkeeper.evidence import verify
from watchkeeper.evidence.merkle import Tree
from watchkeeper.report.bundle import crate
from watchkeeper.report.bundle.bag import bag
from watchkeeper.report.figure_card import day

_WORDS = (
    "A report, the statements behind its figures with proofs under one signed root, and a program that checks both."
)


@dataclass(frozen=True)
class Vouched:
    """What vouches for a log: the signed checkpoint as it lies, its verifier, and the tree it is the root of."""

    note: bytes
    verifier: verify.Verifier
    tree: Tree


@dataclass(frozen=True)
class Parts:
    """What goes into a bundle; `statements` are lines as `evidence.redaction` gives them, for one clearance."""

    title: str
    as_at: date
    clearance: str
    report: Mapping[str, bytes]
    statements: Sequence[Mapping[str, Any]]
    runs: Mapping[str, bytes]
    captures: Mapping[str, bytes]
    stamps: Mapping[str, bytes] = field(default_factory=dict)


def contents(parts: Parts, vouched: Vouched) -> dict[str, bytes]:
    """Return the files of a bundle by name, the same for the same parts."""
    checkpoint = verify.open_note(vouched.note.decode(), vouched.verifier)
    payload = {
        **{f"report/{name}": data for name, data in parts.report.items()},
        **_record(parts.statements, vouched, checkpoint.size),
        **{f"runs/{run}.json": data for run, data in parts.runs.items()},
        **{f"captures/{sha256}": data for sha256, data in parts.captures.items()},
        **{f"timestamps/{name}": data for name, data in parts.stamps.items()},
    }
    payload[crate.FILE] = crate.crate(payload, title=parts.title, words=_WORDS, on=parts.as_at)
    said = {
        "title": parts.title,
        "as_at": day(parts.as_at),
        "clearance": parts.clearance,
        "fingerprint": vouched.verifier.fingerprint,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "caution": verify.CAUTION,
        "timestamps": _stamps(parts.stamps, vouched.verifier),
        **verify.MEANINGS,
    }
    tags = {name: _shipped(f"report/bundle/{name}").format(**said).encode() for name in _FILLED}
    tags["verify.py"] = _shipped("evidence/verify.py").encode()
    return bag(payload, tags, title=f"{parts.title}. TLP:{parts.clearance}", on=parts.as_at)


_FILLED = ("README.txt", "VERIFY-BY-HAND.txt")


def _record(statements: Sequence[Mapping[str, Any]], vouched: Vouched, size: int) -> dict[str, bytes]:
    note = vouched.note.decode()
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n" for one in statements)
    found = {
        "record/key.txt": f"{vouched.verifier.written()}\n".encode(),
        "record/checkpoint": vouched.note,
        "record/statements.jsonl": "".join(lines).encode(),
    }
    for one in statements:
        path = vouched.tree.inclusion_proof(one["index"], size)
        found[f"record/proofs/{one['index']:09d}.tlog-proof"] = verify.written_proof(one["index"], path, note).encode()
    return found


def _stamps(stamps: Mapping[str, bytes], verifier: verify.Verifier) -> str:
    if not stamps:
        return (
            "This bundle holds no time stamp: nobody but its maker says when the log had this root. The time\n"
            "in each statement is that of the maker's own clock.\n"
        )
    names = sorted(name.removesuffix(".checkpoint") for name in stamps if name.endswith(".checkpoint"))
    roots = {name: verify.open_note(stamps[f"{name}.checkpoint"].decode(), verifier).root.hex() for name in names}
    listed = "\n".join(
        f"     openssl ts -verify -digest {root} \\\n       -in data/timestamps/{name}.tsr -CAfile CA.pem"
        for name, root in roots.items()
    )
    return (
        "7. Since when?\n\n   Authorities stamped an earlier root of the same log with a time. CA.pem is the root\n"
        f"   certificate of the authority, which you fetch from its own page:\n\n{listed}\n"
    )


@cache
def _shipped(name: str) -> str:
    return files("watchkeeper").joinpath(name).read_text("utf-8")
