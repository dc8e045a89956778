"""Methods: the algorithms of the watches, pure and fast, each with a plain twin that says what it means."""
