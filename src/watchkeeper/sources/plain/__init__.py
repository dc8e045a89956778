"""Plain files: tables of transfers with a mapping that a person writes, lists of addresses, and what both build on."""
