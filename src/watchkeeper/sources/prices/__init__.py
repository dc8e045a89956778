"""Prices: what one unit of an asset was worth on a day, as files of others say it."""
