"""One adapter keeps one port's promise."""
