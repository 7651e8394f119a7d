"""Bylaw."""
