"""How much a proof tries: a little in `make test`, much in `make prove`, which sets `PROVE`."""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, Phase, settings

IS_PROOF: Final = bool(os.environ.get("PROVE"))
_TIMES: Final = 40


def over_histories(examples: int) -> settings:
    """For properties over histories that live in a database: an example takes seconds, so what fails is not
    made smaller. Each kind of database has its own examples."""
    return settings(
        max_examples=examples * _TIMES if IS_PROOF else examples,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
