from __future__ import annotations

import pytest
from flask import Flask

from tests.sync.desk import Desk


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk()
