"""Stamping: have others vouch for the state of the record: time-stamp authorities, or a second custodian.

Nothing leaves the machine but the root hash, and that only when authorities are named. Without a
network the root is read out: whoever writes it down can later show that nothing before it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.evidence import frames, note, timestamp, verify
from watchkeeper.evidence.merkle import Tree
from watchkeeper.fetch import clock, timestamps
from watchkeeper.model.tlp import ON_ENTRY
from watchkeeper.report.bundle.contents import Vouched
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.values.digest import Json, of_json
from watchkeeper.values.refused import Unsound

_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Anchored:
    """The root that was handed out, how to say it, and what each authority that was asked answered."""

    size: int
    root: str
    spoken: str
    answers: tuple[dict[str, Any], ...] = ()


def anchor(case: Case, urls: Sequence[str] = (), *, by: str, allow_loopback: bool = False) -> Anchored:
    """Return the root of the record for a second custodian; with addresses, have it time-stamped as well.

    Args:
        case: The case; tokens are kept as captures and named in its log.
        urls: Addresses of RFC 3161 authorities, two or more; none: no connection is opened.
        by: Who asks.
        allow_loopback: Let an authority on this machine be asked (tests).

    Raises:
        Unsound: the log does not verify: nobody should vouch for it.
        Refused: as `fetch.timestamps.request_all`.
    """
    written = case.log.checkpoint()
    frames.audit(case.log.read())
    checkpoint = note.open_note(written, case.log.verifier)
    found = Anchored(checkpoint.size, checkpoint.root.hex(), timestamp.spoken(checkpoint.root))
    if not urls:
        return found
    answers = timestamps.request_all(checkpoint.root, urls, timeout_s=_TIMEOUT_S, allow_loopback=allow_loopback)
    rows = [_kept(case, url, token, checkpoint, written) for url, token in answers.tokens.items()]
    case.append([entry for entry, _ in rows], at=clock.stamp(), by=by)
    refused = [{"authority": url, "answer": f"refused: {why}"} for url, why in answers.refused.items()]
    return Anchored(found.size, found.root, found.spoken, (*(row for _, row in rows), *refused))


def stamps_of(case: Case, statements: Sequence[dict[str, Any]], vouched: Vouched) -> dict[str, bytes]:
    """Return time stamps as files of a bundle: token, checkpoint stamped, and the proof that the log only grew."""
    size = verify.open_note(vouched.note.decode(), vouched.verifier).size
    found: dict[str, bytes] = {}
    stamped = [statement["body"] for statement in statements if statement["kind"] == "timestamp"]
    for number, body in enumerate(stamped, start=1):
        proof = vouched.tree.consistency_proof(body["size"], size)
        found |= {
            f"{number:03d}.tsr": captures.read(case.folder, body["capture"]),
            f"{number:03d}.checkpoint": captures.read(case.folder, body["checkpoint"]),
            f"{number:03d}.consistency": "".join(f"{verify.b64(one)}\n" for one in proof).encode(),
        }
    return found


def against(case: Case, older: bytes) -> dict[str, Any]:
    """Compare the record with a checkpoint of its own that was kept elsewhere.

    Returns:
        Size and root then and now.

    Raises:
        Unsound: the checkpoint is not signed by this case's key, or the record did not only grow since.
    """
    then = note.open_note(older, case.log.verifier)
    sealed = case.log.read()
    tree: Tree = frames.audit(sealed)
    kept = 0 < then.size <= len(tree) and verify.verify_consistency(
        then.size, len(tree), tree.consistency_proof(then.size), then.root, tree.root()
    )
    if not kept and then.size > 0:
        raise Unsound(
            f"The record is not what it was when it had {then.size} statements and the root {then.root.hex()}: it was "
            "cut or written anew since, by someone with its key. Compare it with a copy from that time."
        )
    return {"then": then.size, "root_then": then.root.hex(), "now": len(tree), "root_now": tree.root().hex()}


def _kept(
    case: Case, url: str, token: bytes, checkpoint: verify.Checkpoint, written: bytes
) -> tuple[dict[str, Json], dict[str, Any]]:
    """Keep a token and the checkpoint it stamps; return the log entry and the row for the person who asked."""
    body: dict[str, Json] = {
        "authority": url,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "capture": case.keep(token)[0],
        "checkpoint": case.keep(written)[0],
    }
    entry: dict[str, Json] = {"kind": "timestamp", "id": of_json(body), "tlp": ON_ENTRY, "body": body}
    return entry, {"authority": url, "answer": _said(url, token, checkpoint.root)}


def _said(url: str, token: bytes, root: bytes) -> str:
    """Return what a token says, checked as far as this machine has the authority's root certificate."""
    known = [one for one in timestamps.authorities() if one.url == url]
    chain = timestamps.installed_roots(fingerprint.sha256 for one in known for fingerprint in one.roots)
    if not chain:
        return "kept; not verified here: this machine has no root certificate of that authority"
    stamped = timestamp.verify(token, root, chain)
    return f"{stamped.gen_time}, serial {stamped.serial}, {stamped.tsa}"
