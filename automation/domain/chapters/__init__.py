"""The report's chapters: each puts its figures into words, tables and charts."""
