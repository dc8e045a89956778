"""Documents: a format is read by the reader it was recognised for, and only up to the limits."""

from __future__ import annotations

import gzip
from importlib.resources import files

import pytest
import yaml
from tests.sources.documents import made

from watchkeeper.sources import documents as folder
from watchkeeper.sources.documents import page
from watchkeeper.sources.documents.documents import FORMATS, read
from watchkeeper.sources.limits import limit
from watchkeeper.sources.sniff import sniff
from watchkeeper.values.refused import Invalid

SAMPLES = {
    "PDF": made.pdf("SYNTHETIC"),
    "HTML": b"<html><p>SYNTHETIC",
    "MHTML": made.MHTML,
    "e-mail": made.MAIL,
    "WARC": made.WARC,
    "WARC in gzip": gzip.compress(made.WARC),
    "WACZ": made.zipped(archive__a_warc=made.WARC),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_recognised_is_read_by_its_reader(name):
    form = sniff(SAMPLES[name], "x").format
    assert form in FORMATS
    assert all(page.text for page in read(form, SAMPLES[name]))


def test_every_format_that_is_read_has_a_sample_here():
    assert {sniff(data, "x").format for data in SAMPLES.values()} == set(FORMATS)


@pytest.mark.parametrize(("key", "words"), [("pages", "more than the 1 pages"), ("characters", "more than the 1 char")])
def test_a_document_is_read_up_to_its_limits_and_never_in_part(monkeypatch, key, words):
    monkeypatch.setattr(page, "limit", lambda name: 1 if name == f"document_{key}" else limit(name))
    with pytest.raises(Invalid, match=words):
        list(read(sniff(made.WARC, "x").format, made.WARC))


def test_the_card_says_the_size_that_is_read_and_what_is_not():
    card = yaml.safe_load(files(folder).joinpath("documents.yml").read_text("utf-8"))
    assert card["largest_mib"] * 2**20 == limit("document_size")
    assert card["not_read"]
