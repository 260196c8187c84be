"""What an export with addresses would hold: the list that is filtered in the address, and how long it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import request

from donations.domain.audit import AuditAction
from donations.models import AuditEntry
from donations.models.database import reading
from donations.reports import donation_feed, supporter_feed
from donations.reports.batches import Look
from donations.reports.donation_list import read_donation_filters
from donations.reports.feed import Batch, Feed, Field
from donations.reports.supporter_list import read_supporter_filters
from donations.reports.table import Definition
from donations.reports.words import counted, sentence
from donations.runtime import current
from donations.web.staff.cells import moment
from donations.web.staff.downloads import looks_from_elsewhere

_KEEP = "This file names people who can be prosecuted for it. Delete it as soon as its reason is done with."


@dataclass(frozen=True, slots=True)
class Selection:
    slug: str
    title: str
    action: AuditAction
    words: Mapping[str, str]
    """The filters as understood."""
    problems: tuple[str, ...]
    """A sentence for each word of the address that was not."""
    rows: int
    counted: str
    """`1,204 supporters`."""
    fields: tuple[Field, ...]
    sentences: tuple[str, ...]
    definitions: tuple[Definition, ...]
    read: Callable[[Look], Iterator[Batch]]

    @property
    def filters(self) -> str:
        """In words, for a person."""
        return ", ".join(f"{name} {word}" for name, word in self.words.items()) or "none"

    def feed(self, entry: AuditEntry, name: str) -> Feed:
        """The rows, under what the audit log says of them. `name` is who takes them."""
        facts = (
            ("Holds", sentence(self.counted)),
            ("Filters", self.filters),
            ("Made", f"{moment(entry.happened_at)}, by {name}"),
            ("Reason", entry.reason or ""),
            ("In the audit log", f"line {entry.number}"),
        )
        batches = self.read(looks_from_elsewhere())
        sentences = (_KEEP, *self.sentences)
        return Feed(self.slug, self.title, facts, sentences, self.fields, batches, self.definitions)


def select_supporters() -> Selection:
    runtime = current()
    filters, problems = read_supporter_filters(request.args, runtime.now(), runtime.config.report_timezone)
    with reading() as session:
        people, newest = supporter_feed.measure(session, filters)
    return Selection(
        slug="supporters",
        title="Supporters with their addresses",
        action=AuditAction.EXPORT_SUPPORTERS,
        words=filters.words(),
        problems=problems,
        rows=people,
        counted=counted(people, "supporter"),
        fields=supporter_feed.FIELDS,
        sentences=(supporter_feed.SENTENCE,),
        definitions=supporter_feed.DEFINITIONS,
        read=lambda look: supporter_feed.batches(look, runtime.vault, filters, newest),
    )


def select_donations() -> Selection:
    runtime = current()
    filters, problems = read_donation_filters(request.args, runtime.now(), runtime.config.report_timezone)
    with reading() as session:
        donations, newest = donation_feed.measure(session, filters)
    return Selection(
        slug="donations",
        title="Donations with addresses",
        action=AuditAction.EXPORT_DONATIONS,
        words=filters.words(),
        problems=problems,
        rows=donations,
        counted=counted(donations, "donation"),
        fields=donation_feed.FIELDS,
        sentences=(),
        definitions=donation_feed.DEFINITIONS,
        read=lambda look: donation_feed.batches(look, runtime.vault, filters, newest),
    )
