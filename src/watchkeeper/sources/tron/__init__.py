"""TRON: transactions of a node or TronGrid, lists of TRC-20 transfers, and GraphSense's extracts."""
