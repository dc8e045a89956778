"""Bundles under hostile hands: whatever is flipped, cut, swapped, dropped or written anew is refused.

The control is the untouched bundle, which passes; and a bundle signed anew with another key, which passes too and
shows itself by its fingerprint alone.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.evidence.small_bundle import FIGURES, bundle, rebagged
from tests.faults.scale import chance, trials

from watchkeeper.evidence import verify

FILES = bundle()
ZIP = verify.packed(FILES, "b")


def refused(files):
    return not verify.check(files).sound


def test_the_untouched_bundle_is_accepted(tmp_path):
    assert verify.check(FILES).sound
    (tmp_path / "b.zip").write_bytes(ZIP)
    assert verify.main([str(tmp_path / "b.zip")]) == 0


def test_a_flipped_bit_anywhere_in_the_files_is_refused():
    drawn, names = chance("bits of files"), sorted(FILES)
    for _ in range(trials(2000)):
        name = drawn.choice(names)
        bit = drawn.randrange(8 * len(FILES[name]))
        data = bytearray(FILES[name])
        data[bit // 8] ^= 1 << bit % 8
        assert refused({**FILES, name: bytes(data)}), (name, bit)


def test_a_flipped_bit_anywhere_in_the_zip_is_refused(tmp_path):
    drawn, path = chance("bits of the zip"), tmp_path / "b.zip"
    for _ in range(trials(1000)):
        bit = drawn.randrange(8 * len(ZIP))
        data = bytearray(ZIP)
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        try:
            outcome = verify.check(verify.load(path))
        except verify.Failed:
            continue
        assert not outcome.sound, bit


def test_files_dropped_added_renamed_swapped_or_cut_are_refused():
    drawn, names = chance("files"), sorted(FILES)
    for _ in range(trials(1000)):
        one, other = drawn.sample(names, 2)
        spoilt = dict(FILES)
        match drawn.choice(["drop", "add", "rename", "swap", "cut"]):
            case "drop":
                del spoilt[one]
            case "add":
                spoilt[f"{one}.more"] = FILES[one]
            case "rename":
                spoilt[f"{one}x"] = spoilt.pop(one)
            case "swap" if FILES[one] != FILES[other]:
                spoilt[one], spoilt[other] = FILES[other], FILES[one]
            case "cut":
                spoilt[one] = FILES[one][: drawn.randrange(len(FILES[one]))]
            case _:
                continue
        assert refused(spoilt), (one, other)


def test_whoever_makes_the_lists_anew_still_cannot_change_what_the_log_vouches_for():
    """With the lists made anew nothing but signature, proofs and runs is left to hold."""
    drawn = chance("lists made anew")
    held = [name for name in sorted(FILES) if name.startswith(("data/record", "data/report", "data/runs", "data/capt"))]
    for _ in range(trials(1000)):
        name = drawn.choice(held)
        data = bytearray(FILES[name])
        data[drawn.randrange(len(data))] ^= 1 << drawn.randrange(8)
        assert refused(rebagged({**FILES, name: bytes(data)})), name
    assert not refused(rebagged(FILES))


def test_a_number_changed_in_the_report_and_its_lists_and_manifest_is_refused():
    for key, told in FIGURES.items():
        if "value" not in told:
            continue
        changed = {**FIGURES, key: {**told, "value": 99, "values": dict.fromkeys(told["values"], 99)}}
        report = json.dumps({"figures": changed}).encode()
        assert refused(rebagged({**FILES, "data/report/figures.json": report})), key


def test_a_verifier_of_which_a_bit_was_flipped_does_not_accept_its_own_bundle(tmp_path):
    """Run as a reader would who has nothing else: the program in the bundle, on the bundle it lies in.

    Of a flipped program nothing can be promised; a flip in words or comments is caught by its own list.
    """
    drawn, own = chance("bits of verify.py"), FILES["verify.py"]
    for name, data in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert _run(tmp_path) == 0
    for _ in range(trials(300)):
        bit = drawn.randrange(8 * len(own))
        data = bytearray(own)
        data[bit // 8] ^= 1 << bit % 8
        (tmp_path / "verify.py").write_bytes(data)
        assert _run(tmp_path) != 0, bit


def _run(folder):
    return subprocess.run([sys.executable, "-I", folder / "verify.py"], capture_output=True, check=False).returncode
