"""Which entries could be the same as one that is being made: by name, other names, or domain."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Lower

from ecosystem.models import Kelurahan
from startups.models import Startup
from startups.rules.domains import domain_of, is_own

# Below this trigram similarity (0-1) two names are not worth a question; a name contained in the other always is.
NAME_LIMIT = 0.45
# Names this near are asked about even when nothing else agrees.
SAME_NAME = 0.8
LONGEST_NAME = 160
SHORTEST_NAME = 3
_CANDIDATES = 40
_NOT_IN_DIRECTORY = (Startup.Lifecycle.MERGED, Startup.Lifecycle.WITHDRAWN)


class Reason(StrEnum):
    """Why an entry was found."""

    NAME = "name"
    ALIAS = "alias"
    DOMAIN = "domain"
    KELURAHAN = "kelurahan"


@dataclass(frozen=True, slots=True)
class Similar:
    """An entry that may be the same one: why, and how likely (0-1, 1 = same domain or same name)."""

    startup: Startup
    reasons: tuple[Reason, ...]
    score: float


def plain_name(name: str) -> str:
    """Return a name for comparing: NFKC, lower case, one space between words, without the legal form."""
    words = unicodedata.normalize("NFKC", name).replace("\x00", "").casefold().split()
    kept = [
        word for word in words if word.strip(".,()") not in {"pt", "cv", "ud", "tbk", "yayasan", "koperasi"}
    ]
    return " ".join(kept or words)[:LONGEST_NAME]


def similar_entries(
    name: str,
    *,
    domain: str = "",
    kelurahan: Kelurahan | None = None,
    exclude: int | None = None,
    limit: int = 5,
) -> list[Similar]:
    """Return entries that may be the same, the likeliest first; one query.

    `domain` may be a whole web address. Entries in any state but merged and withdrawn count, drafts of other people
    too: who may see which is the caller's business. The same kelurahan only strengthens a similar name.
    """
    plain, domain = plain_name(name), domain_of(domain) if domain else ""
    wanted = Q()
    if len(plain) >= SHORTEST_NAME:
        wanted |= Q(lowered__trigram_similar=plain) | Q(others__trigram_word_similar=plain)
    if is_own(domain):
        wanted |= Q(website_domain=domain)
    if not wanted:
        return []
    rows = (
        Startup.objects.exclude(lifecycle__in=_NOT_IN_DIRECTORY)
        .exclude(pk=exclude or 0)
        .annotate(lowered=Lower("name"), others=Lower("alternate_names"))
        .filter(wanted)
        .annotate(
            near=TrigramSimilarity(Lower("name"), plain),
            is_same_domain=ExpressionWrapper(Q(website_domain=domain), output_field=BooleanField()),
        )
        .select_related("kelurahan")
        .order_by("-is_same_domain", "-near", "pk")[:_CANDIDATES]
    )
    found = [similar for row in rows if (similar := _compare(row, plain, domain, kelurahan))]
    return sorted(found, key=lambda one: (-one.score, one.startup.name, one.startup.pk))[:limit]


def _compare(row: Startup, plain: str, domain: str, kelurahan: Kelurahan | None) -> Similar | None:
    """Return what an entry has in common, None when it is too little."""
    theirs = plain_name(row.name)
    reasons: list[Reason] = []
    score = float(row.near)  # type: ignore[attr-defined]
    aliases = [plain_name(one) for one in row.alternate_names.split(",") if one.strip()]
    if theirs == plain or (len(plain) >= SHORTEST_NAME and f" {plain} " in f" {theirs} "):
        score = max(score, 1.0 if theirs == plain else SAME_NAME)
    if score >= NAME_LIMIT:
        reasons.append(Reason.NAME)
    if plain in aliases:
        reasons.append(Reason.ALIAS)
        score = max(score, 0.95)
    if is_own(domain) and row.website_domain == domain:
        reasons.append(Reason.DOMAIN)
        score = 1.0
    if not reasons:
        return None
    if kelurahan is not None and row.kelurahan_id == kelurahan.pk:
        reasons.append(Reason.KELURAHAN)
        score = min(1.0, score + 0.1)
    return Similar(row, tuple(reasons), round(score, 3))
