"""Where our rows are not as Stripe lists its objects: compared field by field, never changed here.

A difference is only a reason to look at the object again; what is listed is not applied.
"""
