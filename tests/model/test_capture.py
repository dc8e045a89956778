"""Capture: what is recorded of bytes, and of whence they came, even where nothing is known."""

from __future__ import annotations

import pytest

from watchkeeper.model import capture
from watchkeeper.values.refused import Invalid


def test_whence_bytes_came_is_left_out_where_nobody_said_it():
    said = {"name": "a.pdf", "bytes": 5, "format": "PDF document", "clock": "machine clock, not checked"}
    assert capture.body("a.pdf", 5, "PDF document") == said
    told = capture.body("a.pdf", 5, "PDF document", {"obtained_from": "a colleague"})
    assert told == {**said, "obtained_from": "a colleague"}


def test_only_what_says_anything_is_taken():
    assert capture.obtained({"obtained_from": " a colleague ", "obtained_how": ""}) == {"obtained_from": "a colleague"}
    assert capture.obtained({}) == {}


def test_a_name_with_control_characters_is_refused():
    with pytest.raises(Invalid, match="How the file was obtained cannot be read"):
        capture.obtained({"obtained_from": "a\x1b[2J"})
