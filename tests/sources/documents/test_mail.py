"""E-mail: who wrote to whom, when and what; what is attached is named and not read."""

from __future__ import annotations

import pytest
from tests.sources.documents import made

from watchkeeper.sources.documents import mail
from watchkeeper.values.refused import Invalid


def text(data):
    (page,) = mail.read(data)
    return page.text


def test_the_head_is_decoded_the_body_is_read_as_text_and_the_attachment_named():
    assert text(made.MAIL).split("\n") == [
        "From: Компания <office@a.example>",
        "To: desk@b.example",
        "Date: Mon, 01 Jan 2024 00:00:00 +0000",
        "Subject: Payment of 9€",
        "",
        "SYNTHETIC loss of 9 million.",
        "",
        "Attachment, not read: Rechnung ü.pdf (application/pdf)",
    ]


def test_a_message_of_html_alone_is_read_as_the_words_it_shows():
    said = text(b"From: a@a.example\r\nContent-Type: text/html\r\n\r\n<p>The <i>loss</i></p><script>no</script>")
    assert said == "From: a@a.example\n\nThe loss"


def test_a_forwarded_message_and_a_picture_are_named_and_not_opened():
    said = text(
        b'From: a@a.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n'
        b"--B\n\nSYNTHETIC\n"
        b"--B\nContent-Type: message/rfc822\n\nFrom: c@c.example\nSubject: hidden\n\nnot read\n"
        b"--B\nContent-Type: image/png\n\nxx\n"
        b'--B\nContent-Type: text/plain; name="notes.txt"\n\nnot read either\n--B--\n'
    )
    assert said == (
        "From: a@a.example\n\nSYNTHETIC\n\n"
        "Attachment, not read: without a name (message/rfc822)\n"
        "Attachment, not read: without a name (image/png)\n"
        "Attachment, not read: notes.txt (text/plain)"
    )


def test_a_message_that_names_no_sender_is_refused():
    with pytest.raises(Invalid, match="the message names no sender"):
        text(b"Message-ID: <1@a>\n\nSYNTHETIC")
