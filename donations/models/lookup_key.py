"""The keys of the blind indexes, sealed by a master key, so that master keys can rotate."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from donations.models.base import Base
from donations.models.insert import insert_if_absent
from donations.models.vault import Place, Vault, WrappedKey


class LookupKey(Base):
    """One key by name, made when it is first needed and never changed."""

    __tablename__ = "lookup_key"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    master_key_id: Mapped[str] = mapped_column(String(64))


def find_lookup_key(session: Session, vault: Vault, name: str) -> bytes | None:
    """The key `name`, or None before anything was indexed."""
    row = session.get(LookupKey, name)
    return None if row is None else vault.open_key(WrappedKey(row.sealed, row.master_key_id), _place(name))


def lookup_key(session: Session, vault: Vault, name: str) -> bytes:
    """The key `name`, made on first use; two that make it at once agree on one."""
    found = find_lookup_key(session, vault, name)
    if found is not None:
        return found
    fresh = vault.new_key(_place(name))
    values = {"name": name, "sealed": fresh.sealed, "master_key_id": fresh.master_key_id}
    insert_if_absent(session, LookupKey, values)
    row = session.get_one(LookupKey, name, populate_existing=True)
    return vault.open_key(WrappedKey(row.sealed, row.master_key_id), _place(name))


def _place(name: str) -> Place:
    return Place("lookup_key", name, "sealed")
