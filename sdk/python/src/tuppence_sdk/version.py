"""The version of the API that this SDK was written for: every request names it."""

API_VERSION = "2026-11-26"
