"""ACH: entries that wait for a file, files for our bank, and what our bank sends back."""
