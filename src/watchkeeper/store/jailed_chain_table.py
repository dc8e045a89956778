"""Jailed chain table: the child's side; read a Parquet table of a chain and write its rows as JSON lines.

It writes a line a row, and a last line with their count and digest, so that a child that dies half way cannot pass for
one that finished. It is run by `store/foreign_chain_table.py` alone.
"""

from __future__ import annotations

import hashlib
import json
import sys

from watchkeeper.sources import parquet_cells
from watchkeeper.store.jail_cell import shut
from watchkeeper.values.refused import Invalid


def main(words: list[str]) -> None:
    """Shut this process in, then write the rows of the columns asked for."""
    shut(json.loads(words[0]))
    try:
        rows = parquet_cells.rows(parquet_cells.frame_of(sys.stdin.buffer.read(), "the table"), "the table", words[1:])
    except Invalid as refusal:
        sys.stdout.write(json.dumps({"refused": str(refusal)}) + "\n")
        return
    digest = hashlib.sha256()
    for row in rows:
        # A fraction in binary is written with as many digits as bring back the very same one.
        line = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
        digest.update(line.encode())
        sys.stdout.write(line)
    sys.stdout.write(json.dumps({"rows": len(rows), "sha256": digest.hexdigest()}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
