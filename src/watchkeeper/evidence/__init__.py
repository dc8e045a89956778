"""Pure evidence: frames of the log, chained by hash. No clock, no files."""
