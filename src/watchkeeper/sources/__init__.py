"""One folder a publisher or format: a reader of bytes and its card."""
