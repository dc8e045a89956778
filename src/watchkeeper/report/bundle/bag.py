"""Bag: files as a BagIt 1.0 package (RFC 8493), in which every file is listed with its SHA-256.

What was made of the case lies under data/; beside it stands what helps to check it. The list of
lists, tagmanifest-sha256.txt, is covered by nothing else: a change in it shows as a file that is
not as listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from watchkeeper.evidence.verify import BAGIT, MANIFEST, TAG_MANIFEST
from watchkeeper.values.digest import of_bytes


def bag(payload: Mapping[str, bytes], tags: Mapping[str, bytes], *, title: str, on: date) -> dict[str, bytes]:
    """Return the files of a bag.

    Args:
        payload: Files that go under data/, by name.
        tags: Files that stand beside it, by name.
        title: What the bag is, in words.
        on: Its date, which is that of the report: the same inputs give the same bytes.
    """
    data = {f"data/{name}": content for name, content in payload.items()}
    size = sum(map(len, payload.values()))
    info = {"External-Description": title, "Bagging-Date": on.isoformat(), "Payload-Oxum": f"{size}.{len(payload)}"}
    beside = {
        "bagit.txt": BAGIT,
        "bag-info.txt": "".join(f"{name}: {words}\n" for name, words in info.items()).encode(),
        **tags,
        MANIFEST: _listed(data),
    }
    return {**data, **beside, TAG_MANIFEST: _listed(beside)}


def _listed(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{of_bytes(content)}  {name}\n" for name, content in sorted(files.items())).encode("ascii")
