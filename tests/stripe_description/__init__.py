"""Stripe's own description of its API, to hold our requests and our sandbox against."""
