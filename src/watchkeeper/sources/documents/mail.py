"""E-mail: sender, addressees, day and subject, then the body; what is attached is named and not read.

Of a body that is given as text and as HTML the text is read. The head of a message is what its sender wrote: nothing
here says that it came from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

from watchkeeper.sources.documents import html_page
from watchkeeper.sources.documents.page import Page
from watchkeeper.values.refused import Invalid

_HEAD = ("From", "To", "Cc", "Date", "Subject")


def read(data: bytes) -> Iterator[Page]:
    """Yield the message as one text.

    Raises:
        Invalid: the message names no sender.
    """
    message = parsed(data)
    if message["From"] is None:
        raise Invalid("the message names no sender (From); it may be cut at its beginning.")
    head = [f"{name}: {value}" for name in _HEAD for value in message.get_all(name, [])]
    bodies = [words_of(part) for part in _bodies(message)]
    attached = [_named(part) for part in _attached(message)]
    yield Page("\n\n".join(part for part in ("\n".join(head), *bodies, "\n".join(attached)) if part))


def parsed(data: bytes) -> EmailMessage:
    """Return a message whose heads are decoded."""
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(data)


def words_of(part: MIMEPart) -> str:
    """Return the text of a part that is text: its transfer encoding undone, HTML as the words it shows."""
    held = part.get_payload(decode=True)
    data = held if isinstance(held, bytes) else b""
    charset = part.get_content_charset()
    if part.get_content_type() in ("text/html", "application/xhtml+xml"):
        return html_page.visible_text(html_page.decoded(data, charset))
    return html_page.decoded(data, charset or "utf-8")


def _bodies(message: MIMEPart) -> Iterator[MIMEPart]:
    """Yield the parts that are the letter itself; of alternatives the plain one, or else the HTML."""
    if message.get_content_type() == "multipart/alternative":
        inside = [part for one in message.iter_parts() for part in _bodies(one)]
        plain = [part for part in inside if part.get_content_type() == "text/plain"]
        yield from plain or inside
    elif message.get_content_type() == "message/rfc822" or message.is_attachment() or message.get_filename():
        return
    elif message.is_multipart():
        for part in message.iter_parts():
            yield from _bodies(part)
    elif message.get_content_maintype() == "text":
        yield message


def _attached(message: MIMEPart) -> Iterator[MIMEPart]:
    """Yield what is enclosed: files, pictures and forwarded messages, none of them opened."""
    if message.get_content_type() == "message/rfc822" or message.is_attachment() or message.get_filename():
        yield message
    elif message.is_multipart():
        for part in message.iter_parts():
            yield from _attached(part)
    elif message.get_content_maintype() != "text":
        yield message


def _named(part: MIMEPart) -> str:
    return f"Attachment, not read: {part.get_filename() or 'without a name'} ({part.get_content_type()})"
