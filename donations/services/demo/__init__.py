"""A believable history of any size, straight into the tables: for demonstrations and for benchmarks.

Each supporter's life is drawn from a seed and their number, so the same seed gives the same history
whatever the size of a block. What a life leaves behind is what the services would have written: the
ledger is booked by the domain's own rules, and every constraint and trigger of the database holds.

Stripe knows nothing of it, and there are no letters, tickets or envelopes: what we believe about money,
and not how we came to believe it.
"""

from donations.services.demo.plan import DemoPlan, NoSuchHistory, Written, end_of
from donations.services.demo.writing import estimate, is_empty, write

__all__ = ["DemoPlan", "NoSuchHistory", "Written", "end_of", "estimate", "is_empty", "write"]
