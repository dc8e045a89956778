"""The only room that opens a connection or reads the clock; off unless asked."""
