"""For pytest, where it meets mutants: forget what functions have remembered, and be patient.

Mutants are forked from a process in which all tests ran once, so that a mutant of what a function
remembers would never be asked.
"""

from __future__ import annotations

import functools
import gc

from hypothesis import settings

_REMEMBERING = type(functools.lru_cache(lambda: None))

settings.register_profile("mutants", deadline=None)
settings.load_profile("mutants")


def pytest_sessionstart() -> None:
    for each in gc.get_objects():
        if isinstance(each, _REMEMBERING) and str(each.__module__).startswith("donations."):
            each.cache_clear()
