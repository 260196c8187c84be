"""The statement of a year, sent in January."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from donations.documents.yearly_statement import statement_pdf
from donations.emails import yearly_statement
from donations.emails.letterhead import Letterhead
from donations.emails.yearly_statement import YearTotal
from donations.services import issuing
from donations.services.letters.office import Enclosure, NotNeeded, Office, Page
from donations.services.outbox import Letter


def yearly(session: Session, office: Office, letter: Letter, head: Letterhead, now: datetime) -> Page:
    document = issuing.statement_document(
        session,
        office.vault,
        letter.supporter_id,
        int(letter.details["year"]),
        name=head.name,
        zone=office.zone,
        now=now,
    )
    if document is None:
        raise NotNeeded("nothing was given in that year")
    content = yearly_statement.YearlyStatement(
        year=document.year,
        payments=len(document.lines),
        number=document.number,
        totals=tuple(YearTotal(total.kept, total.code) for total in document.totals),
    )
    pdf = Enclosure(document.filename, partial(statement_pdf, document, office.publisher, head.language))
    return Page(partial(yearly_statement.write, content, head), (pdf,))
