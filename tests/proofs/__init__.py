"""Real processes that are killed, many at once, with a database and a Stripe that fail: nothing is lost."""
