"""A simulated quarter: advertisers, games and friends together, for three months of the sandbox's clock."""
