"""All tables, so that importing this package fills `Base.metadata`."""

from donations.models import rollups as rollups
from donations.models.adjustment import Adjustment
from donations.models.alert import Alert
from donations.models.audit_entry import AuditEntry, AuditHead
from donations.models.balance_entry import BalanceEntry
from donations.models.base import Base
from donations.models.books import BookFinding, BookSum
from donations.models.call_budget import CallBudget
from donations.models.checkout import Checkout
from donations.models.dispute import Dispute
from donations.models.donation import Donation, DonationSource
from donations.models.erasure import Erasure
from donations.models.gift_change import GiftChange
from donations.models.goal import Goal
from donations.models.issued_document import DocumentKind, IssuedDocument
from donations.models.link_request import LinkRequest
from donations.models.lookup_key import LookupKey
from donations.models.magic_link import MagicLink
from donations.models.movement import Movement
from donations.models.operations_count import OperationsCount, OperationsHour
from donations.models.origin import Origin
from donations.models.outbox_message import OutboxMessage, OutboxStatus
from donations.models.payment_failure import PaymentFailure
from donations.models.rate_upload import RateUpload
from donations.models.reader_session import ReaderSession
from donations.models.reconcile_run import ReconcileRun
from donations.models.reference_rate import ReferenceRate
from donations.models.refund import Refund
from donations.models.refund_request import RefundRequest
from donations.models.saved_view import SavedView
from donations.models.staff_session import StaffSession
from donations.models.staff_user import StaffRole, StaffUser
from donations.models.stripe_customer import StripeCustomer
from donations.models.stripe_event import Disposition, StripeEvent
from donations.models.stripe_object import StripeObject
from donations.models.subscription import Subscription
from donations.models.supporter import Supporter
from donations.models.throttle import Throttle
from donations.models.visit_hour import VisitHour
from donations.models.worker_seen import WorkerSeen

__all__ = [
    "Adjustment",
    "Alert",
    "AuditEntry",
    "AuditHead",
    "BalanceEntry",
    "Base",
    "BookFinding",
    "BookSum",
    "CallBudget",
    "Checkout",
    "Disposition",
    "Dispute",
    "DocumentKind",
    "Donation",
    "DonationSource",
    "Erasure",
    "GiftChange",
    "Goal",
    "IssuedDocument",
    "LinkRequest",
    "LookupKey",
    "MagicLink",
    "Movement",
    "OperationsCount",
    "OperationsHour",
    "Origin",
    "OutboxMessage",
    "OutboxStatus",
    "PaymentFailure",
    "RateUpload",
    "ReaderSession",
    "ReconcileRun",
    "ReferenceRate",
    "Refund",
    "RefundRequest",
    "SavedView",
    "StaffRole",
    "StaffSession",
    "StaffUser",
    "StripeCustomer",
    "StripeEvent",
    "StripeObject",
    "Subscription",
    "Supporter",
    "Throttle",
    "VisitHour",
    "WorkerSeen",
]
