"""Crate: the RO-Crate 1.1 metadata of a bundle, so that other programs know what each file is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

FILE = "ro-crate-metadata.json"
_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_PROFILE = {"@id": "https://w3id.org/ro/crate/1.1"}
_LICENCE = "See each source's own terms; nothing here grants more."
# Not left to the machine's own table: the same bundle has the same bytes everywhere.
_TYPES = {
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".tlog-proof": "text/plain",
    ".tsr": "application/timestamp-reply",
    ".txt": "text/plain",
    ".pem": "application/x-pem-file",
}


def crate(payload: Mapping[str, bytes], *, title: str, words: str, on: date) -> bytes:
    """Return ro-crate-metadata.json for the files of a payload.

    Args:
        payload: The other files, by name.
        title: Title of the report.
        words: What the bundle is, in a sentence.
        on: The day of the report.
    """
    files = [_file(name, data) for name, data in sorted(payload.items())]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": words,
        "datePublished": on.isoformat(),
        "license": _LICENCE,
        "hasPart": [{"@id": file["@id"]} for file in files],
    }
    about = {"@id": FILE, "@type": "CreativeWork", "conformsTo": _PROFILE, "about": {"@id": "./"}}
    graph = {"@context": _CONTEXT, "@graph": [about, root, *files]}
    return (json.dumps(graph, indent=1, sort_keys=True) + "\n").encode()


def _file(name: str, data: bytes) -> dict[str, Any]:
    suffix = "." + name.rpartition(".")[2] if "." in name.rpartition("/")[2] else ""
    return {
        "@id": name,
        "@type": "File",
        "contentSize": str(len(data)),
        "encodingFormat": _TYPES.get(suffix, "application/octet-stream"),
    }
