"""WACZ: the web archives in a ZIP file are read; its own lists are not believed."""

from __future__ import annotations

import gzip

import pytest
from tests.sources.documents import made

from watchkeeper.sources.documents import wacz
from watchkeeper.values.refused import Invalid


def test_the_web_archives_in_it_are_read_one_after_the_other():
    second = made.record("resource", "urn:b", b"Third words.", "text/plain")
    data = made.zipped(archive__a_warc_gz=gzip.compress(made.WARC), archive__b_warc=second, pages__pages_jsonl="{}")
    assert [page.text for page in wacz.read(data)][1:] == ["Second words.", "Third words."]


def test_an_archive_of_no_response_is_refused():
    with pytest.raises(Invalid, match="no web archive in it holds a response that is HTML or text"):
        list(wacz.read(made.zipped(pages__pages_jsonl="SYNTHETIC")))


def test_a_web_archive_larger_than_is_read_is_refused(monkeypatch):
    monkeypatch.setattr(wacz, "limit", lambda _: 100)
    with pytest.raises(Invalid, match="a web archive in it has more than the 100 bytes that are read"):
        list(wacz.read(made.zipped(archive__a_warc=made.WARC)))


def test_a_cut_archive_is_refused():
    with pytest.raises(Invalid, match="the list at the end of the ZIP file is missing"):
        list(wacz.read(made.zipped(archive__a_warc=made.WARC)[:-10]))
