"""The composition root: one module a process, each importing only what its process may hold."""
