"""Cards by token, in a process of their own. A number comes in through the vault's own page and never goes out.

Nothing is imported here, so that who speaks with the vault does not load what opens cards. The doors:
`vault.app` (`application`, `server`) and `vault.harden` for the vault's own process, `vault.network` for the card
rails that it is given, `vault.keys` (`create_shared`) and `vault.tickets` (`mint`) for server and worker.
"""
