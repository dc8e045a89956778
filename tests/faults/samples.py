"""Samples: small good files of every form that is read, to be spoilt or grown."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

INCIDENTS = b'incident_id,kind,parent_id,note\nSYN-1,incident,,first\nSYN-2,incident,SYN-1,\nSYN-3,campaign,,"a, b"\n'
CLAIMS = (
    b"incident_id,field,value,low,high,unit,valuation,stance,stated_by,stated_on,confidence,admiralty,source_id,"
    b"locator,quote,published_on,checked,author,entered_on,note\n"
    b"SYN-1,title,Bank (SYNTHETIC),,,,,,,,,,SYN-S,,,,text,a,2026-11-22,\n"
    b"SYN-1,loss_reported,,9000000,,USD,,,,,,,SYN-S,page 2,,,text,a,2026-11-22,\n"
)
JSON = b'{"name": "\xeb\x9d\xbc SYN", "amounts": ["1", 2, -3.5e2, true, null], "deep": {"a": [[{"b": "\\u00e9\\n"}]]}}'
XML = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<list a="1"><!-- SYN --><entry id="7">Bank &amp; Co</entry><e/></list>\n'
)


def zipped(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP file of members by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def tarred(members: dict[str, bytes], *, form: int = tarfile.PAX_FORMAT, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Return a tar archive of members by name."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in members.items():
            head = tarfile.TarInfo(name)
            head.type, head.size, head.linkname = kind, len(data), "target" if kind in b"12" else ""
            archive.addfile(head, io.BytesIO(data))
    return out.getvalue()


GOOD = {"a.txt": b"SYNTHETIC " * 30, "b.csv": INCIDENTS, "c/d.bin": bytes(range(256))}
ARCHIVES = {
    "ZIP": zipped(GOOD),
    "tar": tarred(GOOD),
    "gzip": gzip.compress(INCIDENTS, mtime=0),
    "bzip2": bz2.compress(INCIDENTS),
    "xz": lzma.compress(INCIDENTS),
    "nested": zipped({"in.zip": zipped(GOOD), "in.tar": tarred(GOOD), "in.gz": gzip.compress(CLAIMS, mtime=0)}),
    "tar in gzip": gzip.compress(tarred(GOOD), mtime=0),
}
