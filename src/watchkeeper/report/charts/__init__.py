"""Charts: plain data in, a drawing out. Pure: no clock, no chance, no font is measured."""
