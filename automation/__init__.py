"""The case file audit service."""
