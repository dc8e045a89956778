"""Bundling: hand a report over so that a stranger can check it offline; check one; show what it holds.

Several clearances are bundled over one checkpoint, so that the keeper of the restricted bundle and the
reader of the public one check the same signed root.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.evidence import frames, verify
from watchkeeper.evidence.redaction import redacted
from watchkeeper.fetch import clock
from watchkeeper.model.custody import custody
from watchkeeper.model.protection import open_paths
from watchkeeper.model.tlp import LAXEST, read
from watchkeeper.report.bundle.contents import Parts, Vouched, contents
from watchkeeper.report.bundle.selection import behind, captures_allowed, quotes_kept
from watchkeeper.report.compose import PUBLICATION
from watchkeeper.runs import reporting
from watchkeeper.runs.report_folders import checked, folder_of, read_json
from watchkeeper.runs.stamping import stamps_of
from watchkeeper.store import captures, disk, keys
from watchkeeper.store.case import Case
from watchkeeper.store.sealed_exports import seal
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, NotFound, Unsound

_OPEN, _CLOSED = 0o644, 0o600


def make(
    case: Case, name: str, out: Path, *, clearances: Sequence[str], by: str, to: Sequence[str] = (), zipped: bool = True
) -> list[dict[str, Any]]:
    """Bundle a report that was built, once for each clearance.

    Args:
        case: The case.
        name: Name of a report in the case; it is built anew for each clearance, for the day it was built for.
        out: Folder to put the bundles in, as NAME-CLEARANCE.zip, or .zip.age, or a folder of that name.
        clearances: TLP labels, e.g. ("CLEAR",) for the public.
        by: Who makes them.
        to: age recipients; the .zip is encrypted to them.
        zipped: Whether to write a .zip; else a folder.

    Returns:
        One row a bundle: where it lies, its clearance, SHA-256, files, figures, and how many of these are withheld.

    Raises:
        NotFound: no such report. Invalid: a bundle of that name is there already, an unknown label, or for everyone a
            draft that tells of a trace.
        Unsound: the record does not verify; nothing is handed over of what cannot be proven.
    """
    if to and not zipped:
        raise Invalid("A folder cannot be encrypted; leave --folder out, or --to.")
    called = Path(name).name
    targets = {read(label): out / f"{called}-{label}{_suffix(zipped, to)}" for label in clearances}
    for target in targets.values():
        if target.exists() or target.is_symlink():
            raise Invalid(f"{target} is there already, and no bundle is overwritten; move it or name another folder.")
    if LAXEST in targets:
        _reviewed_or_no_trace(case, name)
    built = {label: reporting.build_for(case, name, label, by=by) for label in targets}
    log = _proven(case)
    rows = []
    for label, target in targets.items():
        row = _one(case, log, built[label], label, target, to)
        what = f"{called} for TLP:{label}, SHA-256 {row['sha256']}"
        case.append([custody("export", row["bytes"], "bundle make", what=what)], at=clock.stamp(), by=by)
        rows.append(row)
    return rows


def _reviewed_or_no_trace(case: Case, name: str) -> None:
    """Refuse to hand everyone a draft of a trace: it names services that nobody heard, by labels nobody reviewed."""
    folder = folder_of(case, name)
    if checked(folder, name)["purpose"] == PUBLICATION:
        return
    figures = read_json(folder / "figures.json")["figures"].values()
    traces = sorted({str(one["trace"]) for one in figures if one.get("trace")})
    if traces:
        raise Invalid(
            f"{name} is a draft that tells of trace {', '.join(traces)}: it names whom labels name, heard or not. For "
            "everyone, build it with `watchkeeper report build ... --for publication` and bundle that; for a "
            "closed circle say --clearance AMBER. Nothing was written."
        )


def check(path: Path) -> verify.Outcome:
    """Return what verification finds; raise `NotFound` if nothing lies there, `Invalid` if it is encrypted."""
    if not path.exists():
        raise NotFound(f"{path} does not exist; name a bundle: its folder or its .zip.")
    try:
        return verify.check(verify.load(path))
    except verify.Encrypted as fault:
        raise Invalid(f"{path}: {fault}") from None
    except verify.Failed as fault:
        return verify.Outcome(faults=[str(fault)])


def show(path: Path, figure: str | None = None) -> list[dict[str, Any]]:
    """Return the figures of a bundle with their verdicts, or the statements that one of them rests on.

    Raises:
        NotFound: the bundle has no such figure. Unsound: the bundle does not verify, so nothing of it is shown.
    """
    outcome = check(path)
    if outcome.record is None or outcome.faults:
        raise Unsound(f"{path} does not verify: {'; '.join(outcome.faults)}")
    if figure is None:
        return [vars(verdict) for verdict in outcome.verdicts]
    told = verify.read_json(verify.load(path)["data/report/figures.json"].decode())["figures"]
    if figure not in told:
        raise NotFound(f"The bundle has no figure {figure}; it has {', '.join(told)}.")
    (verdict,) = [one for one in outcome.verdicts if one.figure == figure]
    if verdict.verdict == "FAILED":
        raise Unsound(f"{figure} does not follow from what is in the bundle: {verdict.why}")
    ids = [] if verdict.verdict == "WITHHELD" else [*told[figure]["ids"], *told[figure]["claims"]]
    found = [statement for one in ids if (statement := outcome.record.named(one))]
    return [_row(statement) for statement in found]


@dataclass(frozen=True)
class _Log:
    """The log of a case, audited, with what vouches for it."""

    sealed: frames.Sealed
    vouched: Vouched


def _proven(case: Case) -> _Log:
    sealed = case.log.read()
    note = keys.signed_root(case.folder, sealed.head.size, sealed.head.root)
    return _Log(sealed, Vouched(note, case.log.verifier, frames.audit(sealed)))


def _one(case: Case, log: _Log, built: reporting.Built, label: str, target: Path, to: Sequence[str]) -> dict[str, Any]:
    parts = _parts(case, log, built, label)
    files = contents(parts, log.vouched)
    outcome = verify.check(files)
    if not outcome.sound:  # a bundle that its reader would refuse is not handed over
        failed = [f"{one.figure}: {one.why}" for one in outcome.verdicts if one.verdict == "FAILED"]
        raise Unsound(f"The bundle of {built.title} would not verify: {'; '.join([*outcome.faults, *failed])}")
    name = target.name.removesuffix(".age").removesuffix(".zip")
    data = verify.packed(files, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    # What is not for everyone is for its owner alone, until its owner says otherwise.
    mode = _OPEN if label == LAXEST else _CLOSED
    if target.name == name:
        _write_folder(target, files, mode)
    else:
        disk.put_new(target, seal(data, list(to)) if to else data, mode=mode)
    verdicts = Counter(one.verdict for one in outcome.verdicts)
    return {
        "bundle": str(target),
        "clearance": label,
        "sha256": of_bytes(data),
        "bytes": len(data),
        "files": len(files),
        "statements": len(parts.statements),
        "figures": len(outcome.verdicts),
        **{word.lower().replace(" ", "_").replace("-", "_"): verdicts[word] for word in verify.MEANINGS},
    }


def _parts(case: Case, log: _Log, built: reporting.Built, label: str) -> Parts:
    statements = log.sealed.statements
    held = case.keys_of(statements)
    known = case.opened(statements)
    unquoted = quotes_kept(known)
    chosen = {
        place: _paths(known[place], label, unquoted)
        for place in behind(built.figures.values(), [built.run, *built.entries], known)
    }
    shown = {place: paths for place, paths in chosen.items() if paths}
    allowed = captures_allowed([known[place] for place in shown], known, label)
    return Parts(
        title=built.title,
        as_at=built.as_at,
        clearance=label,
        report=built.files,
        statements=[
            redacted(place, statements[place], paths, held.get(statements[place].get("key", "")))
            for place, paths in shown.items()
        ],
        runs={built.run: built.manifest},
        captures={sha256: captures.read(case.folder, sha256) for sha256 in allowed},
        stamps=stamps_of(case, statements, log.vouched),
    )


def _paths(statement: Mapping[str, Any], label: str, unquoted: set[str]) -> set[str]:
    """Return the fields of a statement that go with a bundle; words of a source are kept where only its hash may go."""
    paths = open_paths(statement, label)
    words = {"body/quote", "body/quote_translation"}  # a translation gives away what it translates
    return paths - words if statement["body"].get("source_id") in unquoted else paths


def _write_folder(target: Path, files: Mapping[str, bytes], mode: int) -> None:
    target.mkdir(mode=0o755 if mode == _OPEN else 0o700)
    for name, data in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.put_new(path, data, mode=mode)


def _suffix(zipped: bool, to: Sequence[str]) -> str:
    if not zipped:
        return ""
    return ".zip.age" if to else ".zip"


def _row(statement: verify.Statement) -> dict[str, Any]:
    fields = {name.removeprefix("body/"): value for name, value in statement.fields.items() if name != "kind"}
    kind, one = statement.key
    return {"index": statement.index, "kind": kind, "id": one, **fields, "kept_back": list(statement.kept_back)}
