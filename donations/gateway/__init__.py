"""The border to Stripe: the calls we need, frozen snapshots, signatures, errors translated.

Nothing else in the project imports `stripe`, and nothing of Stripe's types leaves this package.
"""
