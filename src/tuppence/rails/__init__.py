"""How banks are spoken to: codecs, connectors and the simulated world. Returns facts, keeps no books."""
