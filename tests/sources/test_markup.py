"""Markup: a reader may have an XML document if it is whole, has no DOCTYPE and is within every limit."""

from __future__ import annotations

import pytest

from watchkeeper.sources import limits, markup
from watchkeeper.values.refused import Invalid


def refusal_of(data):
    with pytest.raises(Invalid) as refused:
        markup.check(data, "list.xml")
    return str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b"<a/>",
        b'<?xml version="1.0"?>\n<!-- <!DOCTYPE a> --><list a="1">Bank &amp; Co &#x202E;</list>\n',
        "<a>라자루스</a>".encode(),
        "<a>é</a>".encode("utf-16"),
        b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>',
        b"<a>" * 100 + b"</a>" * 100,
        b"<a><![CDATA[" + b"x" * 5_000_000 + b"]]></a>",
    ],
)
def test_a_plain_document_passes(data):
    markup.check(data, "list.xml")


@pytest.mark.parametrize(
    "doctype",
    [b"<!DOCTYPE a>", b'<!DOCTYPE a SYSTEM "a.dtd">', b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<!DOCTYPE a [%b;]>"],
)
def test_any_doctype_is_refused_with_its_line(doctype):
    assert refusal_of(b"<?xml version='1.0'?>\n\n" + doctype + b"<a/>") == (
        "list.xml:3: a DOCTYPE, which can name other files and grow without end. No reader opens it; "
        "ask its publisher for a form without one."
    )


def test_a_doctype_in_another_encoding_is_refused_too():
    assert "a DOCTYPE" in refusal_of("<!DOCTYPE a><a/>".encode("utf-16"))


@pytest.mark.parametrize(
    "data", [b"", b"<a>", b"<a></b>", b"<a>&b;</a>", b"<a b='1' b='2'/>", b"x", b"<a/><a/>", b"<a>\xff"]
)
def test_what_is_no_well_formed_xml_is_refused(data):
    assert refusal_of(data).startswith("list.xml:1: no well-formed XML (")


@pytest.mark.parametrize("encoding", ["utf-7", "nonesuch", "utf-32"])
def test_an_encoding_that_is_not_read_is_refused(encoding):
    assert refusal_of(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()).startswith("list.xml:1: ")


def test_each_limit_holds_at_its_boundary(monkeypatch):
    assert "elements lie more than 100 deep" in refusal_of(b"<a>" * 101)
    fit = b"<a " + b" ".join(b"a%d=''" % number for number in range(256)) + b"/>"
    markup.check(fit, "list.xml")
    assert "more than 256 attributes" in refusal_of(fit.replace(b"/>", b" b=''/>"))
    assert "a tag or comment is longer than" in refusal_of(b"<a b='" + b"x" * 5_000_000 + b"'/>")
    monkeypatch.setattr(markup, "limit", lambda key: 4 if key == "xml_size" else limits.limit(key))
    markup.check(b"<a/>", "list.xml")
    assert "5 bytes, more than the 4" in refusal_of(b"<a/>\n")
