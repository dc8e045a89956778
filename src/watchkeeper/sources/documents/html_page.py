"""HTML page: the words that a browser without style sheets and scripts would show.

Scripts, styles and what is marked `hidden` are left out. What a style sheet hides is read as well, since only a
browser could tell, and what a script would write is not there.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from watchkeeper.sources.documents.page import Page

_UNSHOWN = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_BREAKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "div", "dl", "dt",
     "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr",
     "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "td", "th", "title", "tr", "ul"}
)  # fmt: skip
_LISTS = frozenset({"ul", "ol", "menu", "dl", "table", "select"})
_CELL = frozenset({"td", "th", "tr", "tbody", "tfoot"})
# What ends an element whose end tag HTML lets a writer leave out; within a list or table inside it nothing does.
_ENDED_BY = {
    "p": _BREAKS - {"br", "option", "summary", "caption", "figcaption"}, "li": frozenset({"li"}),
    "option": frozenset({"option", "optgroup"}), "dt": frozenset({"dt", "dd"}), "dd": frozenset({"dt", "dd"}),
    "td": _CELL, "th": _CELL, "tr": _CELL - {"td", "th"},
}  # fmt: skip
_BLANKS = re.compile(r"[ \t\r\n\f]+")  # what HTML collapses; a no-break space is kept
_NOT_DISPLAYED = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# What browsers take for a charset (WHATWG, Encoding Standard): the wider one that pages are really written in.
_READ_AS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
# Of Python's codecs those that the standard knows: some others run escapes or hide letters that no browser shows.
_KNOWN = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "cp932", "cp949", "big5hkscs", "euc_jp", "iso2022_jp",
     "koi8-r", "koi8-u", "cp866", "cp874", "mac-roman", "mac-cyrillic", *(f"cp125{n}" for n in range(9)),
     *(f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16))}
)  # fmt: skip
_HEAD = 4096  # bytes; the HTML standard looks for the encoding in the first 1024


def read(data: bytes) -> Iterator[Page]:
    """Yield the page's text, in one piece."""
    yield Page(visible_text(decoded(data)))


def decoded(data: bytes, charset: str | None = None) -> str:
    """Return a page as text: by its mark, the charset it came with, the one it names, UTF-8, or else windows-1252.

    Args:
        data: The page's bytes.
        charset: What the message that carried it said.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    named = _CHARSET.search(data[:_HEAD])
    for one in (_codec(charset), _codec(named[1].decode() if named else None)):
        if one:
            return data.decode(one, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what browsers take where nothing is said


def _codec(charset: str | None) -> str | None:
    """Return what a browser reads a charset as, or None for one that is none of the standard's."""
    try:
        name = codecs.lookup(charset or "").name
    except (LookupError, ValueError):  # a name that Python does not know, or no name
        return None
    return _READ_AS.get(name, name if name in _KNOWN else None)


def visible_text(page: str) -> str:
    """Return the words of a page, one line for each block that a browser would set apart."""
    reader = _Words()
    reader.feed(page)
    reader.close()
    return reader.text()


class _Words(HTMLParser):
    """Collects what is shown; within an element that is not shown only its own nesting is counted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._said: list[str] = []
        self._unshown = ""
        self._depth = 0
        self._lists = 0  # open ones within what is not shown

    def text(self) -> str:
        """Return what was collected, blanks collapsed as HTML does."""
        lines = (_BLANKS.sub(" ", line).strip(" ") for line in "".join(self._said).split("\0"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if self._unshown and (self._lists or tag not in _ENDED_BY.get(self._unshown, ())):
            self._depth += tag == self._unshown
            self._lists += tag in _LISTS
            return
        self._unshown = ""
        if tag not in _VOID and (tag in _UNSHOWN or _hidden(dict(attrs))):
            self._unshown, self._depth, self._lists = tag, 1, 0
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take `<br/>` as `<br>`; on other elements HTML does not look at the stroke."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._unshown:
            whole = not self._lists and tag in _LISTS and self._unshown in _ENDED_BY  # of the list around it
            self._depth -= tag == self._unshown
            self._lists -= tag in _LISTS and self._lists > 0
            if self._depth == 0 or whole:
                self._unshown = ""
            return
        self._break(tag)

    def handle_data(self, data: str) -> None:
        """Take words."""
        if not self._unshown:
            self._said.append(data.replace("\0", "\ufffd"))

    def _break(self, tag: str) -> None:
        if tag in _BREAKS:
            self._said.append("\0")  # no text holds it: HTML shows it as U+FFFD


def _hidden(attributes: dict[str, str | None]) -> bool:
    return "hidden" in attributes or bool(_NOT_DISPLAYED.search(attributes.get("style") or ""))
