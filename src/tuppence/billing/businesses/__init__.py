"""Businesses and their members: who a key, an endpoint, an ads account, a game and a partner app belong to."""
