"""Checking: what this installation has, what it lacks, and what follows from that."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from watchkeeper import __version__
from watchkeeper.ledger import bundled, rules
from watchkeeper.regime.load import measures
from watchkeeper.report.figures import cards
from watchkeeper.runs.protections import protections
from watchkeeper.store import jail, keys
from watchkeeper.store.case import Case

_LIBRARIES = (
    "polars", "duckdb", "typst", "python-docx", "jinja2", "typer", "rich", "pyyaml", "rfc8785",
    "cryptography", "pyrage", "rfc3161-client",
)  # fmt: skip


def checks(case: Case | None = None) -> list[dict[str, Any]]:
    """Return one row a check: what, state ("ok", "missing", "off" or "unknown"), and what it means.

    Args:
        case: The case whose protections are asked about, if there is one.
    """
    rows = [
        _row("watchkeeper", "ok", __version__),
        _row("python", "ok" if sys.version_info >= (3, 11) else "missing", sys.version.split()[0]),
        *(_library(name) for name in _LIBRARIES),
        _fonts(),
        _counted("regime", lambda: len(measures()), "measures read and valid"),
        _counted("counting rules", lambda: len(rules.rules()), "rules"),
        _counted("figures", lambda: len(cards()), "figure cards"),
        _counted("bundled ledger", lambda: sum(data.count(b"\n") for data in bundled.tables().values()), "lines"),
    ]
    return [
        *rows,
        _row("record", "ok", "log chained and signed, synced at each append; captures checked at each reading"),
        _signing(case),
        _row("time stamps", "off", "asked for by `record anchor --tsa` alone; without them nobody else says when"),
        _row("erasable fields", "ok", "encrypted under a key of each record; `record personal` lists them"),
        _row("network", "off", "only `record anchor --tsa` opens a connection, and sends a hash"),
        *protections(case.folder if case else None, [keys.folder(case.folder)] if case else []),
        *(_row(f"jail for foreign Parquet: {what}", "ok" if on else "off", means) for what, on, means in jail.layers()),
        _row("outside audit", "missing", "nobody outside has examined this code: see docs/threat-model.md"),
    ]


def _signing(case: Case | None) -> dict[str, Any]:
    if case is None:
        return _row("signing key", "unknown", "no case here; each case has a key of its own, see --case")
    try:
        found = keys.signer(case.folder).verifier.fingerprint
    except keys.KeyMissing as refusal:
        return _row("signing key", "missing", str(refusal))
    if found != case.log.verifier.fingerprint:
        return _row("signing key", "missing", "the key that lies there is another case's; restore the right one")
    return _row("signing key", "ok", f"fingerprint {found}; back keys/ up apart from the case")


def _row(what: str, state: str, means: str) -> dict[str, Any]:
    return {"what": what, "state": state, "means": means}


def _library(name: str) -> dict[str, Any]:
    try:
        return _row(name, "ok", version(name))
    except PackageNotFoundError:
        return _row(name, "missing", "install the locked requirements (`make demo` does)")


def _fonts() -> dict[str, Any]:
    if find_spec("justmytype_intl_cjk"):
        return _row("fonts for Korean, Chinese, Japanese", "ok", "Noto Sans")
    return _row(
        "fonts for Korean, Chinese, Japanese", "missing", "such characters are printed as code points, e.g. U+B77C"
    )


def _counted(what: str, number: Callable[[], int], noun: str) -> dict[str, Any]:
    return _row(what, "ok", f"{number()} {noun}")
