"""Sending money to a friend."""
