"""On which databases a proof runs: on both in `make prove`; `make test` has to be quick."""

from __future__ import annotations

import pytest

_LONG = pytest.mark.prove
ON_SQLITE_FIRST = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=_LONG)], indirect=True
)
ON_POSTGRES_FIRST = pytest.mark.parametrize(
    "database_url", ["postgresql", pytest.param("sqlite", marks=_LONG)], indirect=True
)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
