"""The pages: what a reader sees instead of Stripe, and what a developer sees of the sandbox."""
