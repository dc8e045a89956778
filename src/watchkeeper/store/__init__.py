"""The case folder: captures, log, tables. The only room that writes files."""
