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
from watchkeeper.store import jail

_LIBRARIES = ("polars", "duckdb", "typst", "python-docx", "jinja2", "typer", "rich", "pyyaml", "rfc8785")


def checks() -> list[dict[str, Any]]:
    """Return one row a check: what, state ("ok", "missing", "off"), and what it means."""
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
        _row("record", "ok", "log chained by SHA-256, synced at each append; captures checked at each reading"),
        _row(
            "signatures",
            "off",
            "checkpoints are not signed in this version: keep the log's head (`case status`) in a second place",
        ),
        _row("encryption", "off", "personal fields are not encrypted in this version: enter none"),
        _row("network", "off", "nothing here opens a connection"),
        *(_row(f"jail for foreign Parquet: {what}", "ok" if on else "off", means) for what, on, means in jail.layers()),
    ]


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
