"""How long a stranger waits for verify.py: a bundle of 1,000 figures over 5,000 claims, on Python alone.

The promise: under 5 s. The program runs as its reader runs it, isolated, in a process of its own; the plain reference
in the same run is `sha256sum` over the same files, which is the least that any check of them costs.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.evidence.small_bundle import bundle, entry, figure

from watchkeeper.evidence import verify

_PROMISE_S = 5.0
_FIGURES, _CLAIMS, _EACH = 1_000, 5_000, 50


def files() -> dict[str, bytes]:
    """Return a bundle in which each figure adds up fifty claims at both ends and counts their incidents."""
    log = [_claim(n) for n in range(_CLAIMS)]
    return bundle({f"f{n}": _figure(n) for n in range(_FIGURES)}, log=log)


def _claim(number: int) -> dict[str, object]:
    amount = {"unit": "USD", "low": str(100 * number), "high": str(100 * number + 100)}
    return entry("claim", f"c-{number}", incident_id=f"I-{number}", checked="text", **amount)


def _figure(number: int) -> dict[str, object]:
    chosen = [(number * 7 + step) % _CLAIMS for step in range(_EACH)]
    names = [f"c-{n}" for n in chosen]
    steps = {end: {"op": "sum", "of": end, "unit": "USD", "over": names} for end in ("low", "high")}
    value = {"low": str(sum(chosen)), "high": str(sum(chosen) + _EACH), "unit": "USD"}
    counted = {"op": "distinct", "of": "incident_id", "over": names}
    return figure(
        "f", {"sum": value, "n": _EACH}, {"sum": steps, "n": counted},
        claims=names, ids=[], checked={"text": _EACH}, basis={"cited": _EACH},
    )  # fmt: skip


def seconds(*words: object) -> float:
    """Return how long a program takes that must succeed."""
    start = time.perf_counter()
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the medians beside the promise; fail if it is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (made := files()).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert len(verify.check(made).verdicts) == _FIGURES
        ours, plain = [], []
        for _ in range(asked.runs):
            ours.append(seconds(sys.executable, "-I", "-S", Path(folder) / "verify.py"))
            plain.append(seconds("sh", "-c", f"cd {folder} && sha256sum --quiet -c manifest-sha256.txt"))
    took, least = statistics.median(ours), statistics.median(plain)
    print(f"{_FIGURES:,} figures, {_CLAIMS:,} claims, {len(made):,} files, median of {asked.runs}")
    print(f"verify.py       {took:.2f} s   (promise: under {_PROMISE_S:.0f} s)")
    print(f"sha256sum -c    {least:.2f} s   ratio {took / least:.1f}")
    sys.exit(took >= _PROMISE_S)


if __name__ == "__main__":
    main()
