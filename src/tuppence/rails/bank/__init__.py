"""The bank rail: routing numbers, NACHA files, and how they are exchanged with our bank."""
