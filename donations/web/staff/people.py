"""A supporter as staff see one: the address masked, the name as given."""

from __future__ import annotations

from dataclasses import dataclass

from donations.domain.supporters import mask_email
from donations.models import Supporter
from donations.models.vault import SealBroken, Vault
from donations.services.supporters import contact_of


@dataclass(frozen=True, slots=True)
class Person:
    reference: str
    masked_email: str
    name: str | None


def person_of(supporter: Supporter, vault: Vault) -> Person:
    """Where there is nothing to open, or the seal does not open, the page shows that instead of
    failing as a whole."""
    if supporter.erased_at is not None:
        return Person(supporter.reference, "erased", None)
    try:
        contact = contact_of(supporter, vault)
    except SealBroken:
        return Person(supporter.reference, "address cannot be opened", None)
    return Person(supporter.reference, mask_email(contact.email), contact.name)
