"""Stripe's form encoding, `a[b][0][c]=v`, read into nested dicts of strings.

Whether `{"0": ...}` is a list is for the schema to say (`parameters.py`), not for the reader.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from donations.sandbox.api.errors import invalid

Tree = dict[str, "Tree | str"]

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
_MOST_PAIRS = 2000
_MALFORMED = (
    "Invalid request (check that your POST content type is application/x-www-form-urlencoded)."
    " If you have questions, we can help at https://support.stripe.com/."
)


def decode(encoded: bytes) -> Tree:
    """Raises Stripe's 400 for bytes that are no form, and for a name that is both value and group."""
    try:
        pairs = parse_qsl(
            encoded.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_PAIRS, errors="strict"
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise invalid(_MALFORMED) from error
    tree: Tree = {}
    for name, value in pairs:
        _put(tree, _split(name), value)
    return tree


def _split(name: str) -> list[str]:
    match = _NAME.match(name)
    if match is None:
        raise invalid(_MALFORMED)
    return [match[1], *_PART.findall(match[2])]


def _put(tree: Tree, parts: list[str], value: str) -> None:
    node = tree
    for place, part in enumerate(parts):
        key = part or str(len(node))
        if place == len(parts) - 1:
            if isinstance(node.get(key), dict):
                raise invalid(_MALFORMED)
            node[key] = value
            return
        child = node.setdefault(key, {})
        if not isinstance(child, dict):
            raise invalid(_MALFORMED)
        node = child
