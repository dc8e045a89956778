"""Check a Watchkeeper bundle with nothing but Python: `python3 verify.py [BUNDLE]`.

BUNDLE is a folder or a .zip; without one, the folder in which this file lies. The program uses
the standard library alone, opens no connection and writes nothing. It says of each figure how
it was got, not that it is true: that is for people to judge, from the sources that are named.

It trusts the key whose fingerprint it prints. Compare that fingerprint over another channel.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import io
import json
import re
import shlex
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any


class Failed(Exception):
    """Something in the bundle is not as it was made; the text says what and where."""


class Encrypted(Failed):
    """The bundle is encrypted, and says nothing yet to whoever has no key."""


# --- Merkle tree (RFC 6962; the checks are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2) ---


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf."""
    return sha256(b"\x00" + data).digest()


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether a leaf hash stands at `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    node, last, reached = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return False
        if node % 2 or node == last:
            reached = _node_hash(hash_, reached)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            reached = _node_hash(reached, hash_)
        node, last = node >> 1, last >> 1
    return last == 0 and reached == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Say whether the tree of `old` leaves with its root is the beginning of the tree of `new` with its own."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old - 1, new - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if node % 2 or node == last:
            first, second = _node_hash(hash_, first), _node_hash(hash_, second)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            second = _node_hash(second, hash_)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


# --- Ed25519 (RFC 8032, section 5.1.7): verification only, strict in what it takes ---

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]  # x, y, z and x*y, in extended coordinates


def verify_ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether a signature of 64 bytes over a message is that of a public key of 32 bytes."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= _L:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % _L
    return _same(_times(scalar, _BASE), _add(commitment, _times(challenge, public)))


def _point(encoded: bytes) -> _Point | None:
    """Return the point that 32 bytes encode, None if they are no canonical encoding of one."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _add(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    reached: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            reached = _add(reached, point)
        point = _add(point, point)
        scalar >>= 1
    return reached


def _same(one: _Point, other: _Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % _P == 0 and (one[1] * other[2] - other[1] * one[2]) % _P == 0


_BASE_X, _BASE_Y = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
_BASE: _Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


# --- Signed checkpoints and proofs (C2SP signed-note, tlog-checkpoint, tlog-proof) ---

_ED25519 = b"\x01"
_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log: who keeps it (`origin`), how many statements it has, their root, and further lines."""

    origin: str
    size: int
    root: bytes
    further: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, b64(self.root), *self.further))


@dataclass(frozen=True)
class Verifier:
    """A name with its Ed25519 public key, as it is handed out: name+keyid+base64(0x01|key)."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that a signature line names the key by."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the public key in hex digits, to be compared over another channel."""
        return sha256(self.key).hexdigest()

    def written(self) -> str:
        """Return the verifier key in the form of C2SP signed notes."""
        return f"{self.name}+{self.key_id.hex()}+{b64(_ED25519 + self.key)}"

    @classmethod
    def read(cls, written: str) -> Verifier:
        """Return the verifier that is written so; raise `Failed` if it is none or its key id is another's."""
        name, _, rest = written.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _decoded(encoded, "The verifier key")
        found = cls(name, raw[1:])
        if not name or raw[:1] != _ED25519 or len(raw) != 33 or found.key_id.hex() != key_id:
            raise Failed(f'"{written[:120]}" is no Ed25519 verifier key (name+keyid+base64).')
        return found


def open_note(note: str, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a note that this verifier's key signed; raise `Failed` otherwise."""
    text, signature = signed(note, verifier)
    if not verify_ed25519(verifier.key, signature, text):
        raise Failed(WRONG_SIGNATURE.format(name=verifier.name))
    return checkpoint(text.decode())


WRONG_SIGNATURE = "The signature of {name} does not fit the checkpoint: it was changed after signing."


def signed(note: str, verifier: Verifier) -> tuple[bytes, bytes]:
    """Return a note's text and this verifier's signature over it, not checked yet; raise `Failed` if it has none."""
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise Failed("The checkpoint is no signed note: its text and signatures cannot be told apart.")
    for line in signatures[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if mark != "\u2014" or not name:
            raise Failed("The checkpoint is no signed note: a line behind its text is no signature.")
        raw = _decoded(encoded, "A signature of the checkpoint")
        if name == verifier.name and raw[:4] == verifier.key_id:
            return f"{text}\n".encode(), raw[4:]
    raise Failed(f"The checkpoint carries no signature of {verifier.name} (key {verifier.key_id.hex()}).")


def checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text states; raise `Failed` if it states none."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines) or not _whole(lines[1]):
        raise Failed("The signed text is no checkpoint: origin, size and root are wanted, a line each.")
    return Checkpoint(lines[0], int(lines[1]), _hash(lines[2]), tuple(lines[3:]))


def written_proof(index: int, path: Sequence[bytes], note: str) -> str:
    """Return a tlog-proof: the statement's index, the hashes to the root, and the signed checkpoint."""
    return "\n".join([_PROOF, f"index {index}", *map(b64, path), "", note])


def open_proof(written: str) -> tuple[int, list[bytes], str]:
    """Return index, hashes and signed checkpoint of a tlog-proof; raise `Failed` if it is malformed."""
    head, gap, note = written.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != _PROOF or len(lines) < 2 or not lines[1].startswith("index "):
        raise Failed(f"This is no proof in the form {_PROOF}.")
    index = lines[1].removeprefix("index ")
    if not _whole(index):
        raise Failed(f'The proof names no statement: "{index[:60]}" is no index.')
    return int(index), [_hash(line) for line in lines[2:]], note


def b64(raw: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(raw).decode()


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and str(int(text)) == text


def _hash(written: str) -> bytes:
    raw = _decoded(written, "A hash")
    if len(raw) != 32:
        raise Failed(f'"{written[:60]}" is no SHA-256 in base64.')
    return raw


def _decoded(written: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise Failed(f'{what} is no base64: "{written[:60]}".') from None
    if b64(raw) != written:  # spare bits at the end: the same bytes written otherwise
        raise Failed(f'{what} is not written in the one way base64 has: "{written[:60]}".')
    return raw


# --- The container: a folder or a .zip that is a bag (BagIt 1.0, RFC 8493) ---

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")
_MOST_FILES, _MOST_BYTES = 200_000, 8 * 2**30  # a bundle beyond these was not written by Watchkeeper
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_TOP_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_AGE = b"age-encryption.org/v1"


def load(path: Path) -> dict[str, bytes]:
    """Return the files of a bundle by name; raise `Failed` if it is none, or holds what no bundle holds."""
    return _unpacked(path.read_bytes()) if path.is_file() else _folder(path)


def packed(files: Mapping[str, bytes], name: str) -> bytes:
    """Return files as a .zip with one folder, in the one way that verification takes: sorted, stored, undated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for inner, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{name}/{inner}", _FIRST_DAY_OF_ZIP)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def _folder(path: Path) -> dict[str, bytes]:
    if not path.is_dir():
        raise Failed(f"{path} is no folder and no file; name a bundle.")
    found: dict[str, bytes] = {}
    total = 0
    for file in sorted(path.rglob("*")):
        if file.is_symlink() or not (file.is_dir() or file.is_file()):
            raise Failed(f"{file.relative_to(path)} is no plain file; a bundle holds no links and no devices.")
        if file.is_file():
            total += file.stat().st_size
            if len(found) >= _MOST_FILES or total > _MOST_BYTES:
                raise Failed(f"{path} holds more than a bundle does; name the folder of the bundle itself.")
            found[file.relative_to(path).as_posix()] = file.read_bytes()
    return found


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Return the files of a .zip whose every byte is accounted for: packed anew, it must be the same."""
    if data.startswith(_AGE):
        raise Encrypted("It is encrypted with age; its reader opens it first: age --decrypt -i KEY -o BUNDLE.zip FILE")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
                raise Failed("The .zip is compressed or encrypted; bundles are stored plainly, so it was repacked.")
            name = entries[0].filename.partition("/")[0] if entries else ""
            if not _TOP_FOLDER.fullmatch(name) or sum(entry.file_size for entry in entries) > len(data):
                raise Failed("The .zip does not hold one folder of plain files; it is no bundle.")
            found = {entry.filename.removeprefix(f"{name}/"): archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as fault:
        raise Failed(f"The .zip cannot be read: {fault}.") from None
    if packed(found, name) != data:
        raise Failed("The .zip was changed or repacked: its bytes are not those that its files give.")
    return found


def check_bag(files: Mapping[str, bytes]) -> None:
    """Raise `Failed` unless each file is listed once, is as listed, and nothing else is there."""
    if files.get("bagit.txt") != BAGIT:
        raise Failed("bagit.txt is missing or changed; this is no bundle of Watchkeeper.")
    payload, tags = _listed(files, MANIFEST), _listed(files, TAG_MANIFEST)
    wrong = [name for name in payload if not name.startswith("data/")] + [n for n in tags if n.startswith("data/")]
    for name, digest in {**payload, **tags}.items():
        if name not in files:
            raise Failed(f"{name} is listed and missing.")
        if sha256(files[name]).hexdigest() != digest:
            raise Failed(f"{name} was changed: its SHA-256 is not the one listed.")
    unlisted = sorted(files.keys() - payload.keys() - tags.keys() - {TAG_MANIFEST})
    if unlisted or wrong:
        raise Failed(f"{(unlisted + wrong)[0]} is listed in no manifest, or in the wrong one.")


def _listed(files: Mapping[str, bytes], manifest: str) -> dict[str, str]:
    try:
        lines = files[manifest].decode("ascii").split("\n")
    except (KeyError, UnicodeDecodeError):
        raise Failed(f"{manifest} is missing or is no plain text.") from None
    found = [match for line in lines[:-1] if (match := _LINE.fullmatch(line))]
    listed = {match[2]: match[1] for match in found}
    if lines[-1] or not (len(listed) == len(found) == len(lines) - 1):
        raise Failed(f"{manifest} has a line that is no digest and name, or names a file twice.")
    return listed


# --- The record: statements opened field by field, each proven to be in the signed log ---

_SALT = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?")
_KEPT_OF_ALL = {"at", "by", "from", "key", "personal", "tlp", "body/author", "body/entered_on"}


@dataclass(frozen=True)
class Statement:
    """A statement of the log as far as it is opened: its place, its fields, and the names of those kept back."""

    index: int
    fields: Mapping[str, Any]
    kept_back: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Return kind and id."""
        return str(self.fields.get("kind")), str(self.fields.get("id"))

    @property
    def redacted(self) -> bool:
        """Say whether something of what it says is kept back, beyond who entered it and how it came."""
        return not _KEPT_OF_ALL.issuperset(self.kept_back)

    def says(self, name: str) -> Any:
        """Return what the statement says under a name of its body; None is "not stated"; raise `Kept` if withheld.

        The leaf names every field, so one that is neither opened nor kept back does not exist.
        """
        if name == "basis":
            return "cited" if self.says("capture") is None else "held"
        if f"body/{name}" in self.kept_back:
            raise Kept(f"{self.key[1]} keeps back {name}")
        return self.fields.get(f"body/{name}")


class Kept(Exception):
    """A field that is asked for is kept back in this bundle."""


def field_digest(salt: str, name: str, value: Any) -> str:
    """Return the digest of an opened field: SHA-256 of the JSON text ["salt","name",value]."""
    text = json.dumps([salt, name, value], ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def statement_of(line: str) -> tuple[Statement, bytes]:
    """Return a statement of the bundle and the hash of its leaf in the log; raise `Failed` if it is malformed."""
    told = read_json(line)
    try:
        index, opened, closed = told["index"], told["opened"], told["closed"]
        digests = {name: field_digest(*_opening(name, opening)) for name, opening in opened.items()} | closed
        sound = (
            told.keys() == {"index", "opened", "closed"}
            and type(index) is int
            and len(digests) == len(opened) + len(closed)
            and all(_NAME.fullmatch(name) for name in digests)
            and all(_DIGEST.fullmatch(digest) for digest in closed.values())
        )
        if not sound:
            raise ValueError(line)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Failed(f"A statement of the bundle is malformed: {line[:160]}") from None
    leaf = leaf_hash("\n".join(f"{digests[name]} {name}" for name in sorted(digests)).encode())
    return Statement(index, {name: value for name, (_, value) in opened.items()}, tuple(sorted(closed))), leaf


def _opening(name: str, opening: Any) -> tuple[str, str, Any]:
    salt, value = opening
    if not _SALT.fullmatch(salt):
        raise ValueError(salt)
    return salt, name, value


@dataclass(frozen=True)
class Record:
    """What of the log is in the bundle, proven: the key, the signed checkpoint, and the statements by kind and id."""

    verifier: Verifier
    checkpoint: Checkpoint
    statements: Mapping[tuple[str, str], Statement]
    indexes: frozenset[int] = frozenset()

    def named(self, one: str) -> Statement | None:
        """Return the claim, tally or other statement of this id, None if it is not opened here."""
        kinds = (
            *("claim", "tally", "incident", "party", "fact", "link", "decision", "source", "edition"),
            *("finding", "label", "trace", "reading"),
        )
        return next((self.statements[kind, one] for kind in kinds if (kind, one) in self.statements), None)


def record(files: Mapping[str, bytes]) -> Record:
    """Return the record of a bundle; raise `Failed` at the first thing that cannot be proven."""
    verifier = Verifier.read(_text(files, "data/record/key.txt").removesuffix("\n"))
    note = _text(files, "data/record/checkpoint")
    checkpoint = open_note(note, verifier)
    if checkpoint.origin != verifier.name:  # the name of a key is signed nowhere else
        raise Failed(f"The key is called {verifier.name}, and it signed for a log called {checkpoint.origin}.")
    found: dict[tuple[str, str], Statement] = {}
    seen: set[int] = set()
    for line in _lines(_text(files, "data/record/statements.jsonl")):
        statement, leaf = statement_of(line)
        index, path, proven = open_proof(_text(files, f"data/record/proofs/{statement.index:09d}.tlog-proof"))
        if index != statement.index or proven != note or index in seen:
            raise Failed(f"The proof of statement {statement.index} is another statement's, or it stands twice.")
        if not verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root):
            raise Failed(f"Statement {index} ({' '.join(statement.key)}) is not in the log as it is shown here.")
        seen.add(index)
        if found.setdefault(statement.key, statement).index > index:
            found[statement.key] = statement  # what was logged first holds
    return Record(verifier, checkpoint, found, frozenset(seen))


def check_runs(files: Mapping[str, bytes], proven: Record) -> None:
    """Raise `Failed` unless the log vouches for the one run that made the files of the report, all of them."""
    runs = [name for kind, name in proven.statements if kind == "run" and f"data/runs/{name}.json" in files]
    if len(runs) != 1:
        raise Failed(f"The log vouches for {len(runs)} runs whose manifests are in the bundle; it takes one.")
    path = f"data/runs/{runs[0]}.json"
    if sha256(files[path]).hexdigest() != runs[0]:
        raise Failed(f"{path} is not the manifest that the log names.")
    subjects = read_json(_text(files, path))["subject"]
    made = {f"data/report/{one['name']}": one["digest"]["sha256"] for one in subjects}
    for name in sorted(made.keys() | {name for name in files if name.startswith("data/report/")}):
        if name not in files or sha256(files[name]).hexdigest() != made.get(name):
            raise Failed(f"{name} is not a file that the run in the log made, or is missing.")


def check_names(files: Mapping[str, bytes], proven: Record) -> None:
    """Raise `Failed` for a file that nothing signed speaks of, and for a capture that is not what its name says."""
    held = {statement.fields.get("body/capture") for statement in proven.statements.values()}
    expected = {f"data/record/{name}" for name in ("key.txt", "checkpoint", "statements.jsonl")}
    expected |= {f"data/record/proofs/{index:09d}.tlog-proof" for index in proven.indexes}
    expected |= {f"data/runs/{name}.json" for kind, name in proven.statements if kind == "run"}
    expected |= {f"data/captures/{one}" for one in held if isinstance(one, str) and _DIGEST.fullmatch(one)}
    expected |= {MANIFEST, TAG_MANIFEST, *UNSIGNED}
    for name, data in files.items():
        signed = name in expected or name.startswith("data/report/") or re.fullmatch(_STAMP + _STAMP_PARTS, name)
        if not signed:
            raise Failed(f"{name} is in the bundle, and nothing that was signed speaks of it.")
        if name.startswith("data/captures/") and name != f"data/captures/{sha256(data).hexdigest()}":
            raise Failed(f"{name} is not the capture whose name it bears.")


def check_stamps(files: Mapping[str, bytes], proven: Record) -> int:
    """Return the number of time stamps; raise `Failed` unless the log only grew since each of them.

    Whether a token is good is for `openssl ts -verify` to say, with the authority's own certificate.
    """
    names = {match[1] for name in files if (match := re.fullmatch(f"({_STAMP}){_STAMP_PARTS}", name))}
    if len(names) > MOST_STAMPS:
        raise Failed(f"The bundle holds {len(names)} time stamps; one has {MOST_STAMPS} at most.")
    for name in sorted(names):
        older = open_note(_text(files, f"{name}checkpoint"), proven.verifier)
        path = [_hash(line) for line in _lines(_text(files, f"{name}consistency"))]
        now, token = proven.checkpoint, files.get(f"{name}tsr", b"")
        grew = verify_consistency(older.size, now.size, path, older.root, now.root)
        if not grew or older.origin != now.origin or older.root not in token:
            raise Failed(f"{name}tsr stamps no earlier state of this log, or the log did not only grow since.")
    return len(names)


# What no signature covers: whoever passed a bundle on could have written these anew, with the lists.
UNSIGNED = (
    "README.txt", "VERIFY-BY-HAND.txt", "verify.py", "bagit.txt", "bag-info.txt", "data/ro-crate-metadata.json",
)  # fmt: skip
_STAMP_PARTS = "(?:tsr|checkpoint|consistency)"
MOST_STAMPS = 100
_STAMP = r"data/timestamps/[0-9]+\."

# --- Figures: each value got again from the opened statements ---

MEANINGS = {
    "RE-DERIVED": "Its values were got again here from the statements shown, by the steps stated; "
    "rows without steps stand as the run printed them, and what it found as it found it.",
    "RE-DERIVED-REDACTED": "As RE-DERIVED; of some statements a part is kept back that the steps do not need.",
    "RE-RUN NEEDED": "Not to be got from the statements here alone; the command named gets it from the case.",
    "WITHHELD": "Kept back at the clearance of this bundle; nothing was computed without what it rests on.",
    "FAILED": "What is printed does not follow from what is here, or something here was changed.",
}
CAUTION = "A verdict says how a number was got, not that it is true: that rests on the sources, and people judge them."
# Digits between a unit and its smallest part, in which statements hold amounts.
_UNITS = {
    0: "JPY KRW",
    2: "USD EUR TWD",
    4: "EOS",
    6: "XRP TRX USDT USDC PYUSD",
    8: "BTC LTC BCH DOGE ZEC WBTC",
    12: "XMR",
    18: (
        "ETH BNB POL AVAX RON GLMR EVMOS MADA DAI BUSD TUSD USDP BSUSD BSUSC WETH WBNB STETH METH "
        "CMETH FRAX FXS CQT IAG GERO SDL CHARL HBOT CARDS SUSHI"
    ),
}
_DECIMALS = {unit: digits for digits, units in _UNITS.items() for unit in units.split()}
_ENDS = ("low", "high")
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_MOST_STEPS = 5_000_000  # ids looked at for one figure; a figure beyond this was made to keep its reader waiting
_WITHHELD = {"figure", "title", "question", "edition", "as_of", "withheld", "tlp", "rule"}


@dataclass(frozen=True)
class Verdict:
    """The verdict on one figure, what it says, and why, or which command is needed."""

    figure: str
    verdict: str
    value: str
    why: str = ""


class Beyond(Exception):
    """A step lies beyond the vocabulary that this program evaluates, or needs what is kept back."""


def judge(key: str, told: Any, proven: Record) -> Verdict:
    """Return the verdict on a figure as figures.json tells it."""
    value = _shown(told.get("value")) if isinstance(told, Mapping) else ""
    try:
        if "withheld" in told:
            return _withheld(key, told)
        used = _Steps(told, proven)
        used.check()
    except (Beyond, Kept) as reason:
        return Verdict(key, "RE-RUN NEEDED", value, f"{reason}: {_command(told)}")
    except Failed as fault:
        return Verdict(key, "FAILED", value, str(fault))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as fault:
        return Verdict(key, "FAILED", value, f"the figure is malformed ({type(fault).__name__}: {fault})")
    redacted = any(statement.redacted for statement in used.seen.values())
    return Verdict(key, "RE-DERIVED-REDACTED" if redacted else "RE-DERIVED", value, _computed(used))


def _computed(used: _Steps) -> str:
    """Return what of a figure a run computed: its findings are added up here, and how each came about is not shown."""
    if not any(kind == "finding" for kind, _ in used.seen):
        return ""
    trace = str(used.told.get("trace"))
    decided = used.proven.named(trace)
    said = decided.fields if decided else {}  # what is kept back of it is left out
    told = [word for name in ("chain", "asset", "method") for word in (f"--{name}", str(said.get(f"body/{name}", "?")))]
    words = ["watchkeeper", "trace", "run", "AGAIN", *told, "--name", "SET", "--from", "SOURCES", "--to", "ENDS"]
    return (
        "it counts or adds up findings, each as a run computed it. To get these again, whoever holds the bytes follows "
        f"them anew, from and to what trace {trace} says: {shlex.join([*words, '--reason', 'WHY', '--case', 'CASE'])}"
    )


def _withheld(key: str, told: Mapping[str, Any]) -> Verdict:
    if told["withheld"] is not True or not told.keys() <= _WITHHELD:
        return Verdict(key, "FAILED", "", "it is said to be withheld and says something all the same")
    return Verdict(key, "WITHHELD", "", f"TLP:{told['tlp']}")


def _command(told: Mapping[str, Any]) -> str:
    asked = {"--edition": told.get("edition"), "--trace": told.get("trace"), "--as-of": told.get("as_of")}
    options = [word for option, value in asked.items() if value for word in (option, str(value))]
    return shlex.join(["watchkeeper", "figure", "show", str(told.get("figure")), *options, "--case", "CASE"])


@dataclass
class _Steps:
    """The evaluation of one figure's derivation over the statements that are proven."""

    told: Mapping[str, Any]
    proven: Record
    seen: dict[tuple[str, str], Statement] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    looked_at: int = 0

    def check(self) -> None:
        """Raise `Failed` unless every value and every cell with a step comes out as it is printed."""
        derivation, values = self.told["derivation"], self.told["values"]
        missing = sorted(values.keys() - derivation.keys())
        if missing:
            raise Beyond(f"no steps are stated for {', '.join(missing)}")
        if self.told["value"] not in values.values() or "table" in values:
            raise Failed("the headline is none of its values, or a value bears the name of the table")
        if "table" in derivation:
            self._table(derivation["table"])
        for name, steps in derivation.items():
            if name != "table":
                self._same(name, values[name], steps)
        self._marks()

    def _same(self, name: str, printed: Any, steps: Mapping[str, Any]) -> None:
        """Compare a value with its steps: one, or one for each end of an interval; without claims it is not stated."""
        ends = [(name, None, steps)] if "op" in steps else [(f"{name}, {end}", end, steps[end]) for end in _ENDS]
        if isinstance(printed, Mapping):
            if printed.keys() != {*_ENDS, "unit"} or ("op" in steps and printed["low"] != printed["high"]):
                raise Failed(f"{name} is no amount of this kind")
            for which, end, step in ends:
                self._equal(which, printed[end or "low"], step, printed["unit"])
        elif printed is not None:
            for which, _, step in ends:
                self._equal(which, printed, step, None)
        elif any(step["over"] for _, _, step in ends):
            raise Failed(f"{name} is said to be not stated, and has steps")

    def _equal(self, name: str, printed: Any, step: Mapping[str, Any], unit: str | None) -> None:
        """Compare one printed number with its step, both as whole numbers of the unit's smallest part."""
        if _unit(step) != unit:
            raise Failed(f"{name} is printed in {unit}, and its steps are in {_unit(step)}")
        if unit is not None and unit not in _DECIMALS:
            raise Beyond(f"the parts of the unit {unit} are not known here")
        decimals = _DECIMALS[unit] if unit else 0
        found = self._value(step)
        if printed is None or _exact(printed, decimals) != found:
            raise Failed(f"{name} is printed as {printed}, and its steps give {_written(found, decimals)}")

    def _table(self, step: Mapping[str, Any]) -> None:
        if "rows" not in step:
            raise Beyond("the rows of its table have no steps")
        units = {column["name"]: column["unit"] for column in self.told["columns"]}
        rows = self.told["rows"]
        if len(rows) != len(step["rows"]):
            raise Failed(f"{len(rows)} rows are printed, and steps are stated for {len(step['rows'])}")
        for number, (cells, steps) in enumerate(zip(rows, step["rows"], strict=True), start=1):
            if cells.keys() != units.keys():
                raise Failed(f"row {number} does not have the columns of its table")
            for column, cell_step in steps.items():
                self._equal(f"row {number}, {column}", cells[column], cell_step, units[column])
            bare = [name for name, cell in cells.items() if name not in steps and _counts(cell, units[name])]
            if bare:
                raise Beyond(f"row {number} has no steps for {', '.join(bare)}")
            if steps:  # words of a row that is proven may be counted
                self.words |= {cell for cell in cells.values() if type(cell) is str}

    def _marks(self) -> None:
        """Check what is said of the claims behind: how many are held or cited, and how they were checked."""
        for name in ("basis", "checked"):
            found = Counter(self._opened(one).says(name) for one in self.told["claims"])
            if {mark: n for mark, n in self.told[name].items() if n} != dict(found):
                raise Failed(f"of its claims it says {self.told[name]}, and they say {dict(found)}")

    def _value(self, step: Mapping[str, Any]) -> int:
        ops: dict[str, Callable[[Mapping[str, Any]], int]] = {
            "count": self._count,
            "distinct": self._distinct,
            "sum": self._sum,
            "difference": self._difference,
        }
        if step["op"] not in ops:
            raise Beyond(f'the step "{step["op"]}" is not evaluated here')
        return ops[step["op"]](step)

    def _over(self, step: Mapping[str, Any]) -> list[str]:
        over = self.told[step["over"]] if isinstance(step["over"], str) else step["over"]
        if len(set(over)) != len(over):
            raise Failed("something is counted twice")
        self.looked_at += len(over) + 1
        if self.looked_at > _MOST_STEPS:
            raise Beyond("its steps look at more ids than this program waits for")
        return list(over)

    def _count(self, step: Mapping[str, Any]) -> int:
        over = self._over(step)
        if "where" in step:
            each = (self._opened(one) for one in over)
            return sum(all(s.says(k) == v for k, v in step["where"].items()) for s in each)
        found = {one: self._found(one) for one in over}
        unknown = [one for one, statement in found.items() if statement is None and one not in self._words()]
        if unknown:
            raise Failed(f'"{unknown[0]}" is counted and is not in the record shown')
        if len({statement.key[0] if statement else None for statement in found.values()}) > 1:
            raise Failed("things of different kinds are counted as one")
        return len(over)

    def _distinct(self, step: Mapping[str, Any]) -> int:
        of = [step["of"]] if isinstance(step["of"], str) else step["of"]
        return len({tuple(self._opened(one).says(name) for name in of) for one in self._over(step)})

    def _sum(self, step: Mapping[str, Any]) -> int:
        total = 0
        for one in self._over(step):
            said = self._opened(one)
            # What a movement was worth is told in cents, beside the units that moved.
            held_in = "USD" if step["of"] == "usd_cents" else said.says("unit")
            if _unit(step) is not None and held_in != _unit(step):
                raise Failed(f"{one} is added up in {_unit(step)} and is not in that unit")
            total += _exact(said.says(step["of"]), 0)
        return total

    def _difference(self, step: Mapping[str, Any]) -> int:
        first, second = (self._value(one) for one in step["of"])
        return first - second

    def _opened(self, one: str) -> Statement:
        found = self._found(one)
        if found is None:
            raise Failed(f"{one} is named and is not in the record shown")
        return found

    def _found(self, one: str) -> Statement | None:
        found = self.proven.named(one)
        if found is not None:
            self.seen[found.key] = found
        return found

    def _words(self) -> set[str]:
        """Return the words that can be counted: those of rows that are proven, and what the claims behind say."""
        if not self.said:
            claims = [self._opened(one) for one in self.told["claims"]]
            self.said |= {str(v) for s in claims for n, v in s.fields.items() if n.startswith("body/")}
        return self.words | self.said


def _unit(step: Mapping[str, Any]) -> str | None:
    """Return the unit of what a step gives; a difference has that of its two sides."""
    if step["op"] != "difference":
        unit = step.get("unit")
        return None if unit is None else str(unit)
    first, second = (_unit(one) for one in step["of"])
    if first != second:
        raise Failed(f"a difference is taken between {first} and {second}")
    return first


def _exact(printed: Any, decimals: int) -> int:
    """Return a printed number as a whole number of the unit's smallest part; raise `Failed` if it is none."""
    match = _NUMBER.fullmatch(str(printed)) if type(printed) in (int, str) else None
    if match is None or len(match[3] or "") > decimals:
        raise Failed(f"{printed!r} is no number of this kind")
    number = int(match[2] + (match[3] or "").ljust(decimals, "0"))
    return -number if match[1] else number


def _written(number: int, decimals: int) -> str:
    digits = str(abs(number)).rjust(decimals + 1, "0")
    sign, whole, part = "-" * (number < 0), digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{sign}{whole}.{part}" if part.strip("0") else f"{sign}{whole}"


def _counts(cell: Any, unit: str | None) -> bool:
    """Say whether a cell is a number, which needs a step."""
    return type(cell) in (int, bool) or (unit is not None and cell is not None)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        ends = (value.get("low"), value.get("high"))
        return f"{ends[0]} {value.get('unit')}" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]} {value.get('unit')}"
    return "not stated" if value is None else str(value)


# --- The whole bundle ---


@dataclass
class Outcome:
    """What verification found: the faults of the bundle, the record if it was proven, and a verdict a figure."""

    faults: list[str] = field(default_factory=list)
    record: Record | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    files: int = 0
    stamps: int = 0
    report: str = ""

    @property
    def sound(self) -> bool:
        """Say whether nothing failed."""
        return not self.faults and all(verdict.verdict != "FAILED" for verdict in self.verdicts)


def check(files: Mapping[str, bytes]) -> Outcome:
    """Return what is to be said of a bundle, given its files by name; never raises for what a file holds."""
    outcome = Outcome(files=len(files))
    with _Noting(outcome):
        check_bag(files)
    with _Noting(outcome):
        outcome.record = record(files)
        check_runs(files, outcome.record)
        check_names(files, outcome.record)
        outcome.stamps = check_stamps(files, outcome.record)
        told = read_json(_text(files, "data/report/figures.json"))
        outcome.report = f"{told.get('report')}, as at {told.get('as_of')}, for TLP:{told.get('clearance')}"
        outcome.verdicts = [judge(key, figure, outcome.record) for key, figure in told["figures"].items()]
        if not outcome.verdicts:
            raise Failed("figures.json holds no figure.")
    return outcome


class _Noting:
    """Notes a failure among the outcome's faults and goes on."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> bool:
        if isinstance(fault, AttributeError | KeyError | TypeError | ValueError | RecursionError):
            fault = Failed(f"a file of the bundle is malformed ({type(fault).__name__}: {str(fault)[:120]})")
        if isinstance(fault, Failed):
            self.outcome.faults.append(str(fault))
        return isinstance(fault, Failed)


def read_json(text: str) -> Any:
    """Return what a JSON text says; raise `Failed` for a key that stands twice, or a number that is not whole."""
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)
        if "\\u" in text:  # half a character, which no text can hold
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as fault:
        raise Failed(f"a JSON text of the bundle cannot be read: {fault}") from None
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise Failed(f"a JSON text of the bundle has a key twice: {', '.join(name for name, _ in pairs)[:120]}")
    return told


def _no_float(text: str) -> Any:
    raise Failed(f"a JSON text of the bundle holds {text}, and no evidence holds such a number")


def _lines(text: str) -> list[str]:
    """Return the lines of a text; only line feeds part them, whatever else a value may hold."""
    if text and not text.endswith("\n"):
        raise Failed("a text of the bundle ends within a line")
    return text.split("\n")[:-1]


def _text(files: Mapping[str, bytes], name: str) -> str:
    if name not in files:
        raise Failed(f"{name} is missing from the bundle.")
    try:
        return files[name].decode()
    except UnicodeDecodeError:
        raise Failed(f"{name} is no text.") from None


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield the lines that a person reads; what a bundle says cannot make lines of its own, nor move the terminal."""
    yield from map(_printable, _told(outcome))


def _told(outcome: Outcome) -> Iterator[str]:
    if outcome.record:
        checkpoint = outcome.record.checkpoint
        proven = len(outcome.record.statements)
        yield f"key fingerprint  {outcome.record.verifier.fingerprint}"
        yield "                 compare it with the one its owner gave you over another channel"
        yield f"log              {checkpoint.origin}, {checkpoint.size} statements, root {checkpoint.root.hex()}"
        yield f"record           signature holds; {proven} statements, each proven to be in the log"
        yield f"report           {outcome.report}"
    yield f"files            {outcome.files}{'' if outcome.faults else ', each as listed'}"
    yield f"not signed       {', '.join(UNSIGNED)}"
    stamps = "none" if not outcome.stamps else f"{outcome.stamps}, not checked here: see VERIFY-BY-HAND.txt"
    yield f"time stamps      {stamps}"
    yield ""
    width = max((len(verdict.figure) for verdict in outcome.verdicts), default=0)
    for verdict in outcome.verdicts:
        yield f"{verdict.verdict:<20} {verdict.figure:<{width}}  {verdict.value}".rstrip()
        if verdict.why and not verdict.verdict.startswith("RE-DERIVED"):
            yield f"{'':<20} {verdict.why}"
    yield ""
    for why in dict.fromkeys(v.why for v in outcome.verdicts if v.why and v.verdict.startswith("RE-DERIVED")):
        yield f"{', '.join(v.figure for v in outcome.verdicts if v.why == why)}: {why}"
    found = Counter(verdict.verdict for verdict in outcome.verdicts)
    for name, meaning in MEANINGS.items():
        if found[name]:
            yield f"{found[name]} {name}: {meaning}"
    yield from (f"FAILED: {fault}" for fault in outcome.faults)
    yield CAUTION
    if not outcome.sound:
        yield "This bundle is not sound; do not rely on it, and tell whoever gave it to you."


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Return the same for programs."""
    known = outcome.record
    return {
        "sound": outcome.sound,
        "faults": outcome.faults,
        "report": outcome.report,
        "not_signed": list(UNSIGNED),
        "key_fingerprint": known.verifier.fingerprint if known else None,
        "time_stamps": outcome.stamps,
        "log": {"origin": known.checkpoint.origin, "size": known.checkpoint.size, "root": known.checkpoint.root.hex()}
        if known
        else None,
        "figures": [vars(verdict) for verdict in outcome.verdicts],
        "meanings": MEANINGS,
        "caution": CAUTION,
    }


def main(words: Sequence[str] | None = None) -> int:
    """Check the bundle that is named and print what was found; return 0 if sound, 4 if encrypted, else 5."""
    parser = argparse.ArgumentParser(description="Check a Watchkeeper bundle, offline, with Python alone.")
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    asked = parser.parse_args(words)
    try:
        outcome = check(load(asked.bundle))
    except Encrypted as fault:
        sys.stderr.write(f"{fault}\n")
        return 4
    except (Failed, OSError) as fault:
        outcome = Outcome(faults=[str(fault)])
    text = json.dumps(to_json(outcome), indent=1) if asked.json else "\n".join(lines(outcome))
    sys.stdout.buffer.write(f"{text}\n".encode())
    return 0 if outcome.sound else 5


def _printable(line: str) -> str:
    """Return a line without what a terminal would obey: a bundle comes from outside."""
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in line)


if __name__ == "__main__":
    sys.exit(main())
