"""Jailed document: the child's side; read a document from standard input and write its pages as JSON lines.

A last line has their count and digest, so that a child that dies half way cannot pass for one that finished. It is
run by `store/jail.py` alone.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator

from watchkeeper.sources.documents.documents import read
from watchkeeper.store.jail_cell import shut
from watchkeeper.values.refused import Invalid


def main(words: list[str]) -> None:
    """Shut this process in, then answer."""
    shut(json.loads(words[0]))
    for line in _pages(words[1]):
        sys.stdout.write(line + "\n")


def _pages(form: str) -> Iterator[str]:
    digest, count = hashlib.sha256(), 0
    try:
        for page in read(form, sys.stdin.buffer.read()):
            # Escaped: half a character, which a PDF can hold, has no UTF-8.
            line = json.dumps({"number": page.number, "place": page.place, "text": page.text})
            digest.update(line.encode() + b"\n")
            count += 1
            yield line
    except Invalid as refusal:
        yield json.dumps({"refused": str(refusal)})
        return
    yield json.dumps({"pages": count, "sha256": digest.hexdigest()})


if __name__ == "__main__":
    main(sys.argv[1:])
