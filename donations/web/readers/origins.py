"""Where a gift came from, as a link says it.

Anyone can write a link, so what does not look like a name is dropped rather than refused, and no
`@` is taken: newsletters put the reader's address into utm fields, and we do not want it there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Final

from donations.services.checkouts import Origin

_LONGEST: Final = 100
_NAME: Final = re.compile(r"[\w.\-~:+/|,()! ]+")
FIELDS: Final = tuple(field.name for field in fields(Origin))


def origin_of(values: Mapping[str, str]) -> Origin:
    """The origin that URL parameters or hidden fields name; what is junk there is left out."""
    return Origin(**{name: _clean(values.get(name, "")) for name in FIELDS})


def origin_parameters(origin: Origin) -> dict[str, str]:
    """The other way round: the parameters to carry on in links and hidden fields."""
    return {name: value for name, value in asdict(origin).items() if value}


def _clean(text: str) -> str | None:
    name = text.strip()
    return name if len(name) <= _LONGEST and _NAME.fullmatch(name) else None
