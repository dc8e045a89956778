"""Stamping: have others vouch for the state of the record: time-stamp authorities, or a second custodian.

Nothing leaves the machine but the root hash, and that only when authorities are named. Without a
network the root is read out: whoever writes it down can later show that nothing before it changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.evidence import frames, note, timestamp, verify
from watchkeeper.evidence.merkle import Tree
from watchkeeper.fetch import clock, timestamps
from watchkeeper.model.naming import named
from watchkeeper.model.tlp import ON_ENTRY
from watchkeeper.report.bundle.contents import Vouched
from watchkeeper.store import captures, disk, keys
from watchkeeper.store.case import Case
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid, Refused, Unsound

_TIMEOUT_S = 30.0
_ANOTHER_HISTORY = (
    "it was cut, put back to an older state, or written anew by someone with its key. Compare it with a copy from that "
    "time."
)
# Lines of `record anchor` that are not read out: size and root, and what an authority answered.
_NOT_READ_OUT = re.compile(r"statements, root |://")


@dataclass(frozen=True)
class Anchored:
    """The root that was handed out, how to say it, and what each authority that was asked answered."""

    size: int
    root: str
    spoken: str
    answers: tuple[dict[str, Any], ...] = ()


def anchor(
    case: Case, urls: Sequence[str] = (), *, by: str, checkpoint_to: Path | None = None, allow_loopback: bool = False
) -> Anchored:
    """Return the root of the record for a second custodian; with addresses, have it time-stamped as well.

    Args:
        case: The case; tokens are kept as captures and named in its log.
        urls: Addresses of RFC 3161 authorities, two or more; none: no connection is opened.
        by: Who asks.
        checkpoint_to: A new file to write the signed checkpoint to, to be kept elsewhere.
        allow_loopback: Let an authority on this machine be asked (tests).

    Raises:
        Unsound: the log does not verify: nobody should vouch for it. Or no token does.
        Invalid: the file for the checkpoint is there already.
        Refused: as `fetch.timestamps.request_all`.
    """
    sealed = case.log.read()
    frames.audit(sealed)
    head = sealed.head
    found = Anchored(head.size, head.root.hex(), timestamp.spoken(head.root))
    if checkpoint_to is None and not urls:
        return found  # which a copy without its key can do as well
    written = keys.signed_root(case.folder, head.size, head.root)
    if checkpoint_to is not None:
        _write_new(checkpoint_to, written)
    if not urls:
        return found
    answers = timestamps.request_all(head.root, urls, timeout_s=_TIMEOUT_S, allow_loopback=allow_loopback)
    said, refused = _verified(answers, head.root)
    if not said:
        raise Unsound("\n".join(("No token is good, and none was kept:", *refused.values())))
    case.append([_kept(case, url, answers.tokens[url], head, written) for url in said], at=clock.stamp(), by=by)
    told = said | {url: f"refused: {why}" for url, why in refused.items()}
    rows = tuple({"authority": url, "answer": answer} for url, answer in told.items())
    return Anchored(found.size, found.root, found.spoken, rows)


def stamps_of(case: Case, statements: Sequence[dict[str, Any]], vouched: Vouched) -> dict[str, bytes]:
    """Return time stamps as files of a bundle: token, checkpoint stamped, and the proof that the log only grew."""
    size = verify.open_note(vouched.note.decode(), vouched.verifier).size
    found: dict[str, bytes] = {}
    stamped = [statement["body"] for statement in statements if statement["kind"] == "timestamp"]
    for number, body in enumerate(stamped[-verify.MOST_STAMPS :], start=1):
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
            f"The record is not what it was when it had {then.size} statements and the root {then.root.hex()}: "
            f"{_ANOTHER_HISTORY}"
        )
    return {"then": then.size, "root_then": then.root.hex(), "now": len(tree), "root_now": tree.root().hex()}


def against_spoken(case: Case, text: str) -> dict[str, Any]:
    """Find the state of the record whose root was read out.

    Args:
        case: The case.
        text: What `record anchor` printed, or what the second custodian wrote down of it.

    Returns:
        Size then and now, and the roots.

    Raises:
        Invalid: the root was not heard as it was said. Unsound: the record never had that root.
    """
    root = timestamp.heard("\n".join(line for line in text.splitlines() if not _NOT_READ_OUT.search(line)))
    tree: Tree = frames.audit(case.log.read())
    for size in range(len(tree) + 1):
        if tree.root(size) == root:
            return {"then": size, "root_then": root.hex(), "now": len(tree), "root_now": tree.root().hex()}
    raise Unsound(f"The record has at no size the root {root.hex()} that was read out: {_ANOTHER_HISTORY}")


def _write_new(path: Path, checkpoint: bytes) -> None:
    try:
        disk.put_new(path, checkpoint)
    except FileExistsError:
        raise Invalid(
            f"{path} is there already, and no checkpoint is overwritten: an older one shows more. Name another file."
        ) from None


def _verified(answers: timestamps.Answers, root: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Return what each token says, and why the others are none, both by address."""
    said, refused = {}, dict(answers.refused)
    for url, token in answers.tokens.items():
        try:
            said[url] = _said(url, token, root)
        except Refused as refusal:
            refused[url] = str(refusal)
    return said, refused


def _kept(case: Case, url: str, token: bytes, head: frames.Head, written: bytes) -> dict[str, Json]:
    """Keep a token and the checkpoint it stamps; return the log entry."""
    body: dict[str, Json] = {
        "authority": url,
        "size": head.size,
        "root": head.root.hex(),
        "capture": case.keep(token)[0],
        "checkpoint": case.keep(written)[0],
    }
    return {"kind": "timestamp", "id": named("timestamp", body), "tlp": ON_ENTRY, "body": body}


def _said(url: str, token: bytes, root: bytes) -> str:
    """Return what a token says, checked as far as this machine has the authority's root certificate."""
    known = [one for one in timestamps.authorities() if one.url == url]
    chain = timestamps.installed_roots(fingerprint.sha256 for one in known for fingerprint in one.roots)
    if not chain:
        return "kept; not verified here: this machine has no root certificate of that authority"
    stamped = timestamp.verify(token, root, chain)
    return f"{stamped.gen_time}, serial {stamped.serial}, {stamped.tsa}"
