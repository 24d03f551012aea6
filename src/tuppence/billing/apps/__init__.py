"""Partner apps: who they are, what a person lets them do."""
