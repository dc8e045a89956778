"""Merkle tree: one root over all leaves, and short proofs that one is in it or that it only grew."""

from __future__ import annotations

from hashlib import sha256

import pytest

from watchkeeper.evidence import verify
from watchkeeper.evidence.merkle import EMPTY_ROOT, Frontier, Tree, leaf_hash, node_hash
from watchkeeper.evidence.verify import verify_consistency, verify_inclusion

# The leaves of the reference tests of Certificate Transparency (RFC 6962), and the roots over the first 1 to 8.
LEAVES = [
    bytes.fromhex(digits)
    for digits in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MANY = [leaf_hash(b"%d" % number) for number in range(33)]


def tree_of(leaves):
    return Tree(leaf_hash(leaf) for leaf in leaves)


def root_by_definition(leaves):
    """Return the root as RFC 6962, section 2.1, defines it, from the leaves' data."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_by_definition(leaves[:split]) + root_by_definition(leaves[split:])).digest()


def hex_of(hashes):
    return [hash_.hex() for hash_ in hashes]


def test_roots_are_those_of_certificate_transparency():
    tree = tree_of(LEAVES)
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS
    assert (len(tree), tree.root().hex()) == (8, ROOTS[-1])


def test_proofs_are_those_of_certificate_transparency():
    tree = tree_of(LEAVES)
    assert tree.inclusion_proof(0, 1) == []
    assert hex_of(tree.inclusion_proof(0)) == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert hex_of(tree.consistency_proof(6)) == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_tree_and_its_frontier_have_the_root_of_the_definition_at_each_size():
    data = [b"%d" % number for number in range(70)]
    tree, frontier = Tree(), Frontier()
    for size, leaf in enumerate(data):
        expected = root_by_definition(data[:size])
        assert tree.root() == tree.root(size) == frontier.root() == expected
        assert Frontier(frontier.size, frontier.roots).root() == expected  # taken up again, as after a restart
        tree.append(leaf_hash(leaf))
        frontier.append(leaf_hash(leaf))
    assert [tree.root(size) for size in range(71)] == [root_by_definition(data[:size]) for size in range(71)]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert Tree().root() == Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


def test_a_leaf_cannot_pass_for_a_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) == sha256(b"\x01" + left + right).digest()
    assert leaf_hash(left + right) != node_hash(left, right)
    assert leaf_hash(b"a") == verify.leaf_hash(b"a") == sha256(b"\x00a").digest()


def test_a_copy_of_a_frontier_grows_by_itself():
    frontier = Frontier()
    frontier.append(MANY[0])
    other = frontier.copy()
    other.append(MANY[1])
    assert (frontier.size, frontier.root()) == (1, MANY[0])
    assert (other.size, other.root()) == (2, node_hash(MANY[0], MANY[1]))


@pytest.mark.parametrize(("size", "roots"), [(0, 1), (1, 0), (3, 1), (4, 2), (7, 4)])
def test_a_frontier_has_a_root_for_each_bit_of_its_size(size, roots):
    with pytest.raises(ValueError, match=rf"a tree of {size} leaves has {size.bit_count()} full subtrees, not {roots}"):
        Frontier(size, [bytes(32)] * roots)


def test_every_leaf_can_be_shown_in_every_tree_that_holds_it():
    tree = Tree(MANY)
    for size in range(1, len(MANY) + 1):
        for index in range(size):
            proof = tree.inclusion_proof(index, size)
            assert verify_inclusion(MANY[index], index, size, proof, tree.root(size))


def test_no_other_leaf_place_root_or_proof_passes_for_one_in_the_tree():
    tree = Tree(MANY)
    for size in range(1, 18):
        root = tree.root(size)
        for index in range(size):
            proof = tree.inclusion_proof(index, size)
            assert not verify_inclusion(MANY[20], index, size, proof, root)
            assert not any(
                verify_inclusion(MANY[index], other, size, proof, root)
                for other in range(-1, size + 1)
                if other != index
            )
            assert not verify_inclusion(MANY[index], index, size, proof, tree.root(size + 1))
            assert not verify_inclusion(MANY[index], index, size, [*proof, MANY[0]], root)
            for step in range(len(proof)):
                assert not verify_inclusion(MANY[index], index, size, proof[:step], root)
                changed = [*proof[:step], bytes([proof[step][0] ^ 1]) + proof[step][1:], *proof[step + 1 :]]
                assert not verify_inclusion(MANY[index], index, size, changed, root)


def test_nothing_is_in_an_empty_tree():
    assert not verify_inclusion(MANY[0], 0, 0, [], EMPTY_ROOT)


def test_every_tree_can_be_shown_to_be_the_beginning_of_every_later_one():
    tree = Tree(MANY)
    for new in range(1, len(MANY) + 1):
        for old in range(1, new + 1):
            proof = tree.consistency_proof(old, new)
            assert verify_consistency(old, new, proof, tree.root(old), tree.root(new))
            assert (proof == []) == (old == new)


def test_no_tree_that_was_changed_passes_for_the_beginning_of_a_later_one():
    tree, other = Tree(MANY), Tree([MANY[1], MANY[0], *MANY[2:]])
    for new in range(2, 18):
        for old in range(1, new):
            proof = tree.consistency_proof(old, new)
            first, second = tree.root(old), tree.root(new)
            assert not verify_consistency(old, new, proof, other.root(old), second)
            assert not verify_consistency(old, new, proof, first, other.root(new))
            assert not verify_consistency(old, new, [*proof, MANY[0]], first, second)
            for step in range(len(proof)):
                assert not verify_consistency(old, new, proof[:step], first, second)
                changed = [*proof[:step], bytes([proof[step][0] ^ 1]) + proof[step][1:], *proof[step + 1 :]]
                assert not verify_consistency(old, new, changed, first, second)


def test_a_tree_is_consistent_with_itself_without_a_proof_and_with_no_other_of_its_size():
    assert verify_consistency(3, 3, [], MANY[0], MANY[0])
    assert not verify_consistency(3, 3, [], MANY[0], MANY[1])
    assert not verify_consistency(3, 3, [MANY[0]], MANY[0], MANY[0])


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (-1, 5), (6, 5)])
def test_there_is_nothing_to_show_from_nothing_or_backwards(old, new):
    tree = Tree(MANY[:5])
    assert not verify_consistency(old, new, [], EMPTY_ROOT, tree.root())
    with pytest.raises(IndexError, match=r"no consistency from -?\d to 5 leaves|no tree of 0 leaves"):
        tree.consistency_proof(old, 5)


@pytest.mark.parametrize("index", [-1, 5, 99])
def test_a_leaf_that_is_not_there_has_no_proof(index):
    with pytest.raises(IndexError, match=f"no leaf {index} in a tree of 5"):
        Tree(MANY[:5]).inclusion_proof(index)
    with pytest.raises(IndexError, match="no leaf 4 in a tree of 4"):
        Tree(MANY[:5]).inclusion_proof(4, 4)


@pytest.mark.parametrize("size", [-1, 6])
def test_a_tree_larger_than_itself_has_no_root_and_no_proof(size):
    tree = Tree(MANY[:5])
    for use in (
        lambda: tree.root(size),
        lambda: tree.inclusion_proof(0, size),
        lambda: tree.consistency_proof(1, size),
    ):
        with pytest.raises(IndexError, match=f"no tree of {size} leaves; there are 5"):
            use()
