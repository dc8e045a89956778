"""GEXF: a graph of addresses and transfers as a file that Gephi and others open (GEXF 1.3).

Amounts stand as text: a number in XML would be read as a float, and the last digits of an amount would be lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_NAMESPACE = "http://gexf.net/1.3"
_NOT_IN_XML = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its id, how it is named, and what is said of it."""

    id: str
    label: str
    says: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from one node to another, and what is said of it."""

    source: str
    target: str
    says: Mapping[str, str]


def write(nodes: Sequence[Node], edges: Sequence[Edge], *, about: str) -> bytes:
    """Return a directed graph as GEXF; nodes by id, edges in the order given.

    Args:
        nodes: Every node that an edge names.
        edges: Transfers; several between two nodes stay several.
        about: What the graph shows and what it does not, for whoever opens it.
    """
    root = ET.Element("gexf", {"xmlns": _NAMESPACE, "version": "1.3"})
    ET.SubElement(ET.SubElement(root, "meta"), "description").text = _clean(about)
    graph = ET.SubElement(root, "graph", {"defaultedgetype": "directed", "mode": "static"})
    of_nodes = _attributes(graph, "node", [one.says for one in nodes])
    of_edges = _attributes(graph, "edge", [one.says for one in edges])
    inside = ET.SubElement(graph, "nodes")
    for one in sorted(nodes, key=lambda node: node.id):
        made = ET.SubElement(inside, "node", {"id": _clean(one.id), "label": _clean(one.label)})
        _values(made, one.says, of_nodes)
    inside = ET.SubElement(graph, "edges")
    for number, edge in enumerate(edges):
        told = {"id": str(number), "source": _clean(edge.source), "target": _clean(edge.target)}
        _values(ET.SubElement(inside, "edge", told), edge.says, of_edges)
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _attributes(graph: ET.Element, of: str, said: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Name the attributes that nodes or edges have; return their ids by name."""
    names = dict.fromkeys(name for one in said for name in one)
    ids = {name: f"{of}-{number}" for number, name in enumerate(names)}
    group = ET.SubElement(graph, "attributes", {"class": of})
    for name, key in ids.items():
        ET.SubElement(group, "attribute", {"id": key, "title": name, "type": "string"})
    return ids


def _values(element: ET.Element, says: Mapping[str, str], ids: Mapping[str, str]) -> None:
    held = ET.SubElement(element, "attvalues")
    for name, value in says.items():
        ET.SubElement(held, "attvalue", {"for": ids[name], "value": _clean(value)})


def _clean(text: str) -> str:
    """Return a text without the control characters that XML has no way to write."""
    return text.translate(_NOT_IN_XML)
