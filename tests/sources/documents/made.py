"""Made: documents for tests, all SYNTHETIC, set by typst or written byte by byte."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pypdf
import typst

PAGE = "#set page(width: 9cm, height: 6cm)\n"
AT = "2024-01-01T00:00:00Z"


@cache
def pdf(*pages):
    """Return a PDF that typst sets, one page for each text."""
    return typst.compile((PAGE + "\n#pagebreak()\n".join(pages)).encode())


def encrypted(data, password, owner="SYNTHETIC owner"):
    """Return a PDF encrypted with AES-256 under a user's and an owner's password."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, owner_password=owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def raw_pdf(*objects):
    """Return a PDF of the objects as written, numbered from 1; the first is its catalogue."""
    out, places = b"%PDF-1.7\n% SYNTHETIC\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
SCANNED = raw_pdf(
    CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 90 90] >>"
)
# A viewer would run the script when the file is opened.
WITH_A_SCRIPT = raw_pdf(
    b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while \\(true\\) {}) >> >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
    b"<< /Length 49 >>\nstream\nBT /F 12 Tf 10 100 Td (SYNTHETIC 9 million) Tj ET\nendstream",
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)
CYCLES = {
    "a tree that holds itself": raw_pdf(CATALOGUE, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
    "a branch that holds its tree": raw_pdf(
        CATALOGUE,
        b"<< /Type /Pages /Kids [3 0 R] /Count 2 >>",
        b"<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 1 >>",
    ),
    "a page that is its own parent": raw_pdf(
        CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 3 0 R >>"
    ),
}

MHTML = (
    b"From: <Saved by Blink>\r\n"
    b"Snapshot-Content-Location: https://a.example/\r\n"
    b"Subject: SYNTHETIC\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="B"\r\n'
    b"\r\n"
    b"--B\r\n"
    b"Content-Type: text/html\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n"
    b"Content-Location: https://a.example/\r\n"
    b"\r\n"
    b"<html><p>The caf=C3=A9 lost 9 mil=\r\nlion.</p></html>\r\n"
    b"--B\r\n"
    b"Content-Type: image/png\r\n"
    b"Content-Transfer-Encoding: base64\r\n"
    b"\r\n"
    b"U1lOVEhFVElD\r\n"
    b"--B--\r\n"
)
MAIL = (
    b"Received: from a.example by b.example; Mon, 1 Jan 2024 00:00:00 +0000\r\n"
    b"Message-ID: <1@a.example>\r\n"
    b"From: =?utf-8?b?0JrQvtC80L/QsNC90LjRjw==?= <office@a.example>\r\n"
    b"To: desk@b.example\r\n"
    b"Date: Mon, 01 Jan 2024 00:00:00 +0000\r\n"
    b"Subject: =?utf-8?q?Payment_of_9=E2=82=AC?=\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="M"\r\n'
    b"\r\n"
    b'--M\r\nContent-Type: multipart/alternative; boundary="A"\r\n\r\n'
    b"--A\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"U1lOVEhFVElDIGxvc3Mgb2YgOSBtaWxsaW9uLg==\r\n"
    b"--A\r\nContent-Type: text/html\r\n\r\n<p>The same again.</p>\r\n--A--\r\n"
    b"--M\r\nContent-Type: application/pdf\r\n"
    b'Content-Disposition: attachment; filename="=?utf-8?q?Rechnung_=C3=BC?=.pdf"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nU0VDUkVU\r\n"
    b"--M--\r\n"
)


def record(kind, address, block, content="application/http; msgtype=response"):
    """Return one record of a WARC file."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: {AT}\r\n"
        f"Content-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def response(body, *head, kind="text/html; charset=utf-8"):
    """Return a response as a server sends it."""
    return "\r\n".join(("HTTP/1.1 200 OK", f"Content-Type: {kind}", *head, "", "")).encode() + body


WARC = (
    record("warcinfo", "", b"software: SYNTHETIC\r\n", "application/warc-fields")
    + record("request", "https://a.example/", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request")
    + record("response", "https://a.example/", response(b"<h1>SYNTHETIC</h1><p>The loss was 9 million.</p>"))
    + record("response", "https://a.example/logo", response(b"\x89PNG", kind="image/png"))
    + record("response", "https://a.example/b", response(b"Second words.", kind="text/plain"))
)


def zipped(**members):
    """Return a ZIP file; a double underscore in a name is a stroke, a single one a full stop."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()
