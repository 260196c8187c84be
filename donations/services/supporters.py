"""Find supporters by address without storing the address, and read what is sealed of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.models import Supporter
from donations.models.insert import insert_if_absent
from donations.models.lookup_key import find_lookup_key, lookup_key
from donations.models.vault import DataKey, Place, Vault, WrappedKey, blind_index
from donations.services.references import new_reference

_INDEX = "supporter_email"


@dataclass(frozen=True, slots=True)
class Contact:
    """What we know of how to reach a supporter, opened."""

    email: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is sealed of a supporter, and by what."""

    key: DataKey
    wrapped: WrappedKey
    email: bytes


def find_by_email(session: Session, vault: Vault, email: str) -> Supporter | None:
    """`email` is normalised already (see `domain.supporters`)."""
    key = find_lookup_key(session, vault, _INDEX)
    if key is None:
        return None
    return session.scalar(select(Supporter).where(Supporter.email_index == blind_index(key, email)))


def email_index_of(session: Session, vault: Vault, email: str) -> bytes:
    """What stands for a normalised address where the address itself must not stand."""
    return blind_index(email_index_key(session, vault), email)


def email_index_key(session: Session, vault: Vault) -> bytes:
    """For whoever makes many indexes: opening the key takes longer than using it."""
    return lookup_key(session, vault, _INDEX)


def find_by_index(session: Session, index: bytes) -> Supporter | None:
    """The supporter whose address has this index (see `email_index_of`)."""
    return session.scalar(select(Supporter).where(Supporter.email_index == index))


def find_by_reference(session: Session, reference: str) -> Supporter | None:
    """The supporter whom our random name for them names."""
    return session.scalar(select(Supporter).where(Supporter.reference == reference))


def find_or_add(session: Session, vault: Vault, email: str, now: datetime) -> Supporter:
    """The supporter of a normalised address; two that add one at once get the same row."""
    index = email_index_of(session, vault, email)
    by_index = select(Supporter).where(Supporter.email_index == index)
    found = session.scalar(by_index)
    if found is not None:
        return found
    insert_if_absent(session, Supporter, _new_row(vault, email, index, now))
    return session.scalars(by_index).one()


def contact_of(supporter: Supporter, vault: Vault) -> Contact:
    """Raises SealBroken where a row was tampered with or its key is not configured."""
    key = data_key_of(supporter, vault)
    email = key.open(supporter.email_sealed, _place(supporter.reference, "email_sealed"))
    sealed = supporter.name_sealed
    name = None if sealed is None else key.open(sealed, _place(supporter.reference, "name_sealed"))
    return Contact(email, name)


def rename(supporter: Supporter, vault: Vault, name: str) -> None:
    """Keep the name that the supporter gave with a payment."""
    supporter.name_sealed = seal_name(data_key_of(supporter, vault), name)


def seal_name(key: DataKey, name: str) -> bytes:
    """For the row of the supporter whose key it is."""
    return key.seal(name, _place(key.id, "name_sealed"))


def seal(vault: Vault, reference: str, email: str) -> Sealed:
    """What is kept of a new supporter, under a new key."""
    place = _place(reference, "data_key_sealed")
    wrapped = vault.new_key(place)
    key = DataKey(reference, vault.open_key(wrapped, place))
    return Sealed(key, wrapped, key.seal(email, _place(reference, "email_sealed")))


def data_key_of(supporter: Supporter, vault: Vault) -> DataKey:
    """The key that seals everything of one supporter, on whichever table it stands."""
    wrapped = WrappedKey(supporter.data_key_sealed, supporter.master_key_id)
    return DataKey(
        supporter.reference, vault.open_key(wrapped, _place(supporter.reference, "data_key_sealed"))
    )


def _new_row(vault: Vault, email: str, index: bytes, now: datetime) -> dict[str, object]:
    reference = new_reference()
    sealed = seal(vault, reference, email)
    return {
        "reference": reference,
        "email_index": index,
        "email_sealed": sealed.email,
        "data_key_sealed": sealed.wrapped.sealed,
        "master_key_id": sealed.wrapped.master_key_id,
        "wants_newsletter": False,
        "created_at": now,
    }


def _place(reference: str, column: str) -> Place:
    return Place("supporter", reference, column)
