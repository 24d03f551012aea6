"""The brief's day: a million payments created, carried through their rails and settled, on one machine."""
