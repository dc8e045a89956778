"""Watchkeeper's own ledger tables: one CSV file for each kind of entry."""
