"""Campaigns against the form reader: hundreds of ways to damage a returned form, and what is honest then."""
