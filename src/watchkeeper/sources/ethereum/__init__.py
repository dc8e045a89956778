"""Ethereum and the chains of its kind (EVM): what explorers, nodes, data sets and extraction tools write of them."""
