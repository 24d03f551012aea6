"""Metering: what the ad server says was delivered becomes postings, and who pays for them."""
