"""Word and Excel: bytes to values and back. Knows no mailbox and no database."""
