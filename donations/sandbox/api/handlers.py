"""Handlers that need no more than a kind: retrieve one, list them by fields that filter themselves."""

from __future__ import annotations

from collections.abc import Callable

from donations.sandbox.api.call import Call
from donations.sandbox.api.lists import equal_to, list_objects
from donations.sandbox.api.support import refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.objects.lookup import required

Handler = Callable[[Call], Document]


def retrieve(kind: str) -> Handler:
    def handle(call: Call) -> Document:
        name, object_id = next(iter(call.path.items()))
        param = "id" if name.endswith("_exposed_id") else name
        return required(call.world, kind, object_id, param)

    return handle


def listing(kind: str, url: str, *fields: str) -> Handler:
    def handle(call: Call) -> Document:
        refuse_other_filters(call.parameters, fields)
        return list_objects(call.world, kind, url, call.parameters, equal_to(call.parameters, *fields))

    return handle
