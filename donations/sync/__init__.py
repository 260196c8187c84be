"""How a fresh copy of each kind of Stripe's objects changes our rows.

Every `apply` derives what it writes from its own copy alone and may be repeated. Rows are locked
in one order (checkout, subscription, donation, supporter), and no ticket but its own is touched
while they are: relatives are marked before, in a transaction of their own, so that workers that
apply relatives at the same time never wait for each other in a circle.
"""
