"""Names: whoever is named in print is a reference, never words typed by hand.

A reference carries the reviewed finding, its sources and the reply; typed words carry nothing, and
stay when the finding is withdrawn. Found are names the case knows, States, addresses, other
scripts, and capitalised words that nothing explains.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from watchkeeper.report.lint import known as known_names
from watchkeeper.report.lint import proper, shapes, states
from watchkeeper.report.lint.fault import Fault
from watchkeeper.report.lint.span import Cover, Span, merged
from watchkeeper.report.lint.text import Text


def faults(texts: Iterable[Text], known: Mapping[str, str]) -> list[Fault]:
    """Return every name that is no reference.

    Args:
        texts: The words of the chapters.
        known: Every name and alias of the case to what is written in its place, e.g. "{party P-1}".
    """
    told = {name: f"write {instead}" for name, instead in known.items()}
    index = known_names.index(told, common=states.index().by_key)
    return [fault for text in texts for fault in _faults(text, index)]


def _faults(text: Text, index: known_names.Index) -> Iterator[Fault]:
    """Yield one fault for each name; what is more certain speaks first, and nothing is told twice."""
    taken = Cover(len(text.words))
    for shape in _found(text, index):
        if not taken.touches(shape.span):
            taken.add(shape.span)
            yield text.fault(shape.span, shape.rule, shape.because, shape.instead)


def _found(text: Text, index: known_names.Index) -> Iterator[shapes.Shape]:
    names = shapes.data()["names"]
    looks = list(shapes.find(text))
    for shape in looks:
        if shape.rule in ("wallet", "script"):
            yield _hinted(text, shape, index)
    free = proper.terms(text.words)
    typed = [shape.span for shape in looks if shape.rule == "name" and not _inside(shape.span, free)]
    runs = merged([*proper.find(text), *typed])
    for span, instead in known_names.find(text, index):
        # A known name inside a longer one is told with the whole of it, as it stands.
        first = bisect_right(runs, span[0], key=itemgetter(1))
        last = bisect_left(runs, span[1], key=itemgetter(0))
        whole = merged([span, *runs[first:last]])
        yield shapes.Shape(whole[0], "name", names["because"], instead)
    for span, instead in known_names.find(text, states.index()):
        if not _inside(span, free):
            yield shapes.Shape(span, "State", states.because(), instead)
    for span in runs:
        yield shapes.Shape(span, "name", names["because"], names["instead"])


def _inside(span: Span, free: list[Span]) -> bool:
    return any(begin <= span[0] and span[1] <= end for begin, end in free)


def _hinted(text: Text, shape: shapes.Shape, index: known_names.Index) -> shapes.Shape:
    """Return the shape with the reference to write, if the case knows the name."""
    written = text.words[shape.span[0] : shape.span[1]]
    instead = index.instead(written) or index.instead(shapes.latin(written))
    return shape if instead is None else shapes.Shape(shape.span, shape.rule, shape.because, instead)
