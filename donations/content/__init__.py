"""What editors change without touching code: amounts and texts, as data files and what loads them."""
