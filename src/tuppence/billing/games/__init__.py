"""Games: a purchase, its aftermath, and what the developer is paid."""
