"""A small bundle whose every statement stands on the page: claims on two incidents, and figures that rest on them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from watchkeeper.evidence import frames
from watchkeeper.evidence.note import Signer
from watchkeeper.evidence.redaction import redacted
from watchkeeper.evidence.verify import Checkpoint
from watchkeeper.report.bundle.contents import Parts, Vouched, contents
from watchkeeper.values.digest import of_bytes

KEY = bytes(range(32))
NAME = "watchkeeper/case-0123456789abcdef"
AT = "2026-11-22T10:00:00Z"
USD = {"unit": "USD", "field": "loss_reported"}
RED = frozenset({"by", "from", "key", "personal", "body/author"})


def entry(kind: str, one: str, **body: Any) -> dict[str, Any]:
    return {"kind": kind, "id": one, "tlp": "CLEAR", "at": AT, "by": "a.analyst", "body": body}


LOG = [
    entry("source", "S-2019-691", source_id="S-2019-691", redistribute="yes"),
    entry("incident", "UN19-03", incident_id="UN19-03"),
    entry("incident", "UN19-11", incident_id="UN19-11"),
    entry("claim", "c-1", incident_id="UN19-03", low="8100000000", high="8100000000", checked="text", **USD),
    entry("claim", "c-2", incident_id="UN19-11", low="100000000", high="250000000", checked="secondary", **USD),
    entry("claim", "c-3", incident_id="UN19-03", field="victim_state", value="BD", checked="text", quote="in Dhaka"),
    entry(
        "claim",
        "c-4",
        incident_id="UN19-11",
        field="victim_state",
        value="BD",
        checked="text",
        capture=of_bytes(b"abc"),
    ),
    entry("tally", "t-1", series="panel", key="2016", value="7", unit="incidents", checked="text"),
]
NOT_SHOWN = entry("claim", "c-secret", incident_id="UN19-11", field="note", value="the canary sings", checked="text")


def figure(name: str, values: Mapping[str, Any], derivation: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a figure as figures.json tells it."""
    told = {
        "figure": name, "title": name, "edition": None, "as_of": "2026-11-22", "value": next(iter(values.values())),
        "values": dict(values), "derivation": dict(derivation), "ids": ["UN19-03", "UN19-11"], "rows": [],
        "columns": [], "claims": ["c-1", "c-2"], "basis": {"held": 0, "cited": 2},
        "checked": {"text": 1, "secondary": 1, "recalled": 0},
    }  # fmt: skip
    return told | more


LOSS = {end: {"op": "sum", "of": end, "unit": "USD", "over": ["c-1", "c-2"]} for end in ("low", "high")}
FIGURES = {
    "instances": figure("cyber.instances", {"instances": 2}, {"instances": {"op": "count", "over": "ids"}}),
    "loss": figure(
        "cyber.loss_reported", {"loss": {"low": "82000000", "high": "83500000", "unit": "USD"}}, {"loss": LOSS}
    ),
    "states": figure(
        "cyber.states", {"victim": 1}, {"victim": {"op": "distinct", "of": "value", "over": ["c-3", "c-4"]}},
        claims=["c-3", "c-4"], checked={"text": 2}, basis={"held": 1, "cited": 1},
    ),
    "by_state": figure(
        "cyber.by_state", {"groups": 1},
        {
            "groups": {"op": "count", "over": ["BD"]},
            "table": {
                "op": "table", "rows": [{"n": {"op": "count", "over": ["UN19-03", "UN19-11"]}, "low": LOSS["low"]}],
            },
        },
        rows=[{"state": "Bangladesh", "code": "BD", "n": 2, "low": "82000000"}],
        columns=[{"name": name, "label": name, "unit": unit}
                 for name, unit in (("state", None), ("code", None), ("n", None), ("low", "USD"))],
    ),
    "withheld": {"figure": "cyber.secret", "withheld": True, "tlp": "AMBER", "edition": None, "as_of": None},
}  # fmt: skip


def bundle(
    figures: Mapping[str, Any] = FIGURES,
    *,
    log: list[dict[str, Any]] | None = None,
    key: bytes = KEY,
    kept_back: frozenset[str] = RED,
    stamped_at: int | None = None,
) -> dict[str, bytes]:
    """Return the files of a bundle over a log of its own, signed with a key that the tests know."""
    report = {
        "figures.json": json.dumps(
            {"report": "small", "as_of": "2026-11-22", "clearance": "CLEAR", "figures": figures}
        ).encode(),
        "report.pdf": b"%PDF-1.7 small",
    }
    subject = [{"name": name, "digest": {"sha256": of_bytes(data)}} for name, data in report.items()]
    manifest = json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": subject}).encode()
    statements = [*(LOG if log is None else log), NOT_SHOWN, entry("run", of_bytes(manifest), verb="report build")]
    salts = [number.to_bytes(16, "big") for number in range(len(statements))]
    data, head = frames.batch(statements, salts, frames.Head())
    sealed = frames.read(frames.MAGIC + data)
    signer, tree = Signer(NAME, key), frames.audit(sealed)
    shown = [
        redacted(place, statement, {*opened(statement)} - kept_back, None)
        for place, statement in enumerate(sealed.statements)
        if statement["id"] != "c-secret"
    ]
    vouched = Vouched(signer.sign(Checkpoint(NAME, head.size, head.root)).encode(), signer.verifier, tree)
    named = {statement["body"].get("capture") for statement in statements}
    captures = {sha256: b"abc" for sha256 in (of_bytes(b"abc"),) if sha256 in named}
    stamps = {}
    if stamped_at is not None:
        proof = "".join(f"{b64(one)}\n" for one in tree.consistency_proof(stamped_at))
        earlier = signer.sign(Checkpoint(NAME, stamped_at, tree.root(stamped_at)))
        stamps = {
            "001.tsr": b"token over " + tree.root(stamped_at),
            "001.checkpoint": earlier.encode(),
            "001.consistency": proof.encode(),
        }
    return contents(
        Parts(
            title="Small", as_at=date(2026, 11, 22), clearance="CLEAR", report=report, statements=shown,
            runs={of_bytes(manifest): manifest}, captures=captures, stamps=stamps,
        ),
        vouched,
    )  # fmt: skip


def opened(statement: Mapping[str, Any]) -> list[str]:
    return [*(f"body/{key}" for key in statement["body"]), *(key for key in statement if key != "body")]


def b64(raw: bytes) -> str:
    import base64

    return base64.b64encode(raw).decode()


def rebagged(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files with their lists made anew, as anyone can who changed one of them."""
    from watchkeeper.report.bundle.bag import bag

    payload = {name.removeprefix("data/"): data for name, data in files.items() if name.startswith("data/")}
    ours = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
    tags = {name: data for name, data in files.items() if not name.startswith("data/") and name not in ours}
    return bag(payload, tags, title="Small. TLP:CLEAR", on=date(2026, 11, 22))
