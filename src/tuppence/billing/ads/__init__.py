"""Advertisers: metered, invoiced, collected."""
