"""A stand-in for Stripe's test mode, on loopback.

A separate Flask process that keeps its own SQLite file and shares no code with the rest of
`donations`: it is reached only over HTTP, by the real SDK, so a promise that holds here was kept
without help. Requests are checked against Stripe's own description (OPENAPI-NOTICE.md).
"""
