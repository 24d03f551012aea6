"""Numbered `.sql` files: `main` for the house, `vault` for the vault's own schema, which may be another server's."""
