"""Stripe's objects, one noun a file: how each is born, and what its part of the API answers."""
