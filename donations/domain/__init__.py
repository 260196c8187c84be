"""The rules, pure: no Flask, no SQLAlchemy, no stripe, no clock, no environment, no files.

Every module here takes values and gives values, so each rule can be tested alone
and read without knowing where its data came from.
"""
