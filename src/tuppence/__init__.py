"""Tuppence: money between friends, inside the conversation."""

__version__ = "0.1.0"
