"""Models of the startups app."""

from startups.models.listing import ImportBatch, ImportedEntry, SearchEntry, StatSnapshot
from startups.models.moderation import ModerationEvent, ModerationItem, PauseNotice, ProblemReport
from startups.models.parts import (
    ContactPoint,
    Product,
    ReferenceCounter,
    StartupAlias,
    StartupKbli,
    StartupLink,
    Tombstone,
)
from startups.models.people import (
    ChangeSet,
    ConsentRecord,
    ContactAccess,
    DataRequest,
    Invitation,
    Membership,
    Role,
)
from startups.models.reference import ServiceType, SynonymGroup, Technology
from startups.models.startup import Startup, StartupSubsector
from startups.models.trust import Claim, FreshnessAsk, Proof, Verification

__all__ = [
    "ChangeSet",
    "Claim",
    "ConsentRecord",
    "ContactAccess",
    "ContactPoint",
    "DataRequest",
    "FreshnessAsk",
    "ImportBatch",
    "ImportedEntry",
    "Invitation",
    "Membership",
    "ModerationEvent",
    "ModerationItem",
    "PauseNotice",
    "ProblemReport",
    "Product",
    "Proof",
    "ReferenceCounter",
    "Role",
    "SearchEntry",
    "ServiceType",
    "Startup",
    "StartupAlias",
    "StartupKbli",
    "StartupLink",
    "StartupSubsector",
    "StatSnapshot",
    "SynonymGroup",
    "Technology",
    "Tombstone",
    "Verification",
]
