"""GEXF: a graph as a file that other tools open; amounts stay text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from watchkeeper.report.interchange.gexf import Edge, Node, write

NAME = {"g": "http://gexf.net/1.3"}


def test_nodes_and_edges_carry_what_is_said_of_them_as_text():
    nodes = [Node("b", "B & <Co>", {"kind": "mixer"}), Node("a", "A", {"kind": "unknown"})]
    edges = [Edge("a", "b", {"amount": "12345678901234567890.123456789"}), Edge("a", "b", {"amount": "1", "tx": "0x1"})]
    root = ET.fromstring(write(nodes, edges, about="what it shows"))  # noqa: S314 - written here
    assert [(n.get("id"), n.get("label")) for n in root.findall(".//g:node", NAME)] == [("a", "A"), ("b", "B & <Co>")]
    titles = {a.get("id"): (a.get("title"), a.get("type")) for a in root.findall(".//g:attribute", NAME)}
    assert titles == {"node-0": ("kind", "string"), "edge-0": ("amount", "string"), "edge-1": ("tx", "string")}
    said = [[(v.get("for"), v.get("value")) for v in e.iter() if v.get("for")] for e in root.findall(".//g:edge", NAME)]
    assert said == [[("edge-0", "12345678901234567890.123456789")], [("edge-0", "1"), ("edge-1", "0x1")]]
    assert root.findtext(".//g:description", namespaces=NAME) == "what it shows"


def test_a_label_with_control_characters_still_makes_a_file_that_can_be_read():
    root = ET.fromstring(write([Node("a", "bell\x07\x00 rings", {})], [], about=""))  # noqa: S314 - written here
    assert root.find(".//g:node", NAME).get("label") == "bell rings"


def test_the_same_graph_is_the_same_bytes_whatever_the_order_of_its_nodes():
    one, two = Node("a", "A", {}), Node("b", "B", {})
    assert write([one, two], [Edge("a", "b", {})], about="x") == write([two, one], [Edge("a", "b", {})], about="x")
