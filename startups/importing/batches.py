"""The life of a member list: uploaded, read by the worker, checked, applied; then invitations and publication."""

import io
import json
import logging
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from ecosystem.models import Kecamatan, Kelurahan, Subsector, User
from malangkraf.folding import fold
from malangkraf.tables.messages import FileError
from malangkraf.tables.reader import read_table
from malangkraf.uploads import CheckedFile
from startups.importing.columns import COLUMNS, Problem, RowReader
from startups.models import ImportBatch, ImportedEntry, Role, Startup
from startups.rules.domains import domain_of
from startups.rules.lifecycle import Actor
from startups.services import entries, members
from startups.services.duplicates import SAME_NAME, similar_entries

logger = logging.getLogger(__name__)
State = ImportBatch.State
MOST_ROWS = 2_000
MOST_TRIES = 3
# So many invitations go out at one press: a wrong list does not reach everybody at once.
INVITATIONS = 25
CREATE, SKIP = "create", "skip"


class BatchConflict(ValueError):
    """The list is no longer in the state that the step needs: somebody else was faster."""


@transaction.atomic
def upload(checked: CheckedFile, *, name: str, by: User) -> ImportBatch:
    """Keep the file and wake the worker; return the batch, which the sweep finds again if the message is lost."""
    batch = ImportBatch(file_name=name[:200], created_by=by)
    batch.file.save(checked.name, ContentFile(checked.content), save=False)
    batch.save()
    transaction.on_commit(lambda: _wake(batch.pk), robust=True)
    return batch


def _wake(batch_id: int) -> None:
    # Imported here: the tasks import this module.
    from startups.tasks import read_member_list

    try:
        read_member_list.delay(batch_id)
    except BrokerError:
        logger.warning("the broker is away; the sweep will read the member list later")


def unread() -> list[int]:
    """Return the ids of the lists that nobody has read yet."""
    return list(ImportBatch.objects.filter(state=State.UPLOADED).values_list("pk", flat=True))


def read(batch_id: int) -> None:
    """Read the file into the rows of the preview; may run twice, reads once. After three tries it is parked."""
    with transaction.atomic():
        claimed = ImportBatch.objects.filter(pk=batch_id, state=State.UPLOADED).update(
            attempts=F("attempts") + 1
        )
    if not claimed:
        return
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.attempts > MOST_TRIES:
        _finish(batch, state=State.FAILED, error=json.dumps(["bad_workbook", {}]))
        return
    with batch.file.open() as file:
        content = file.read()
    try:
        rows = read_rows(content)
    except FileError as error:
        # Code and values, so that everybody reads it in their own language.
        _finish(batch, state=State.FAILED, error=json.dumps([error.code, error.params]))
    else:
        _finish(batch, state=State.READ, rows=rows)


def _finish(batch: ImportBatch, **values: Any) -> None:
    """Store what became of the file; nobody needs it any more (a kill in between is the retention job's)."""
    if ImportBatch.objects.filter(pk=batch.pk, state=State.UPLOADED).update(**values):
        batch.file.delete(save=False)
        ImportBatch.objects.filter(pk=batch.pk).update(file="")


def error_of(batch: ImportBatch) -> str:
    """Return why the list could not be read, in the active language; "" when it could."""
    if not batch.error:
        return ""
    code, params = json.loads(batch.error)
    return FileError(code, **params).message


def read_rows(content: bytes) -> list[dict[str, Any]]:
    """Return the rows of the preview: line, values, problems, matches, and the decision that suggests itself.

    Raise FileError for a file that cannot be read. One query for each row looks for duplicates.
    """
    table = read_table(io.BytesIO(content), COLUMNS)
    if len(table.rows) > MOST_ROWS:
        raise FileError("too_many_rows", limit=MOST_ROWS)
    reader = RowReader(this_year=timezone.localdate().year)
    lines: dict[str, int] = {}
    rows = []
    for line, cells in table.rows:
        named = {column: cells[place] if place < len(cells) else "" for column, place in table.places.items()}
        values, problems = reader.read(named)
        first = lines.setdefault(fold(values["name"]), line)
        if first != line:
            problems.append(Problem("name", "twice", {"line": first}))
        similar = similar_entries(values["name"], domain=values["website"], limit=3)
        matches = [{"id": one.startup.pk, "name": one.startup.name, "score": one.score} for one in similar]
        is_known = any(one.score >= SAME_NAME for one in similar)
        rows.append(
            {
                "line": line,
                "values": values,
                "problems": [problem.as_json() for problem in problems],
                "matches": matches,
                "decision": SKIP if problems or is_known else CREATE,
            }
        )
    return rows


def decide(batch_id: int, decisions: Mapping[int, str]) -> None:
    """Store decisions by line; a row with problems stays skipped. Raise BatchConflict once the list was applied."""
    with transaction.atomic():
        batch = _locked(batch_id, State.READ)
        for row in batch.rows:
            wanted = decisions.get(row["line"])
            if wanted in (CREATE, SKIP):
                row["decision"] = SKIP if row["problems"] else wanted
        batch.save(update_fields=["rows"])


def _locked(batch_id: int, *states: str) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state not in states:
        raise BatchConflict
    return batch


@transaction.atomic
def discard(batch_id: int) -> None:
    """Drop a list that was not applied, with its file. Raise BatchConflict when it was."""
    batch = _locked(batch_id, State.UPLOADED, State.READ, State.FAILED)
    storage, name = batch.file.storage, str(batch.file)
    batch.state, batch.rows, batch.file = State.DISCARDED, [], ""
    batch.save(update_fields=["state", "rows", "file"])
    if name:
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def apply(batch_id: int) -> int:
    """Make an unclaimed draft of each row that is to be made, once, and return how many. Raise BatchConflict.

    The rows themselves are forgotten: what was chosen is in the drafts, the rest is nobody's to keep.
    """
    batch = _locked(batch_id, State.READ)
    subsectors = {row.code: row for row in Subsector.objects.all()}
    places = {row.code: row for row in Kelurahan.objects.select_related("kecamatan")}
    districts = {row.code: row for row in Kecamatan.objects.all()}
    made = 0
    for row in batch.rows:
        if row["decision"] != CREATE:
            continue
        values = row["values"]
        kelurahan = places.get(values["kelurahan"])
        startup = Startup.objects.create(
            slug=entries.free_slug(values["name"]),
            name=values["name"],
            kind=values["kind"],
            summary=values["summary"],
            description=values["description"],
            legal_name=values["legal_name"],
            website=values["website"],
            website_domain=domain_of(values["website"]),
            founded=values["founded"] or None,
            kelurahan=kelurahan,
            kecamatan=kelurahan.kecamatan if kelurahan else districts.get(values["kecamatan"]),
            source=Startup.Source.IMPORTED,
        )
        entries.set_subsectors(startup, subsectors.get(values["subsector"]))
        ImportedEntry.objects.create(batch=batch, startup=startup, line=row["line"], email=values["email"])
        made += 1
    batch.state, batch.applied_at, batch.rows = State.APPLIED, timezone.now(), []
    batch.save(update_fields=["state", "applied_at", "rows"])
    return made


def invite_next(batch_id: int, *, by: User) -> int:
    """Invite the next contacts to keep their entry, each once, and return how many mails were queued."""
    sent = 0
    with transaction.atomic():
        batch = _locked(batch_id, State.APPLIED)
        for entry in to_invite(batch)[:INVITATIONS]:
            try:
                members.invite(entry.startup_id, entry.email, role=Role.OWNER, by=by)
                sent += 1
            except members.MemberProblem:
                # Somebody keeps the entry by now, or was invited another way: nothing is left to do for this line.
                logger.info("line %s of member list %s needed no invitation", entry.line, batch_id)
            entry.invited_at = timezone.now()
            entry.save(update_fields=["invited_at"])
    return sent


def to_invite(batch: ImportBatch) -> list[ImportedEntry]:
    """Return the entries of an applied list whose contact was not invited yet, in the file's order; one query."""
    waiting = batch.entries.filter(invited_at=None).exclude(email="").select_related("startup")
    return list(waiting.filter(startup__claim=Startup.Claim.UNCLAIMED).order_by("line"))


def publishable(batch: ImportBatch) -> list[Startup]:
    """Return the unclaimed drafts of a list that are complete enough for a page of their own; one query."""
    drafts = Startup.objects.filter(
        imported_entry__batch=batch, lifecycle=Startup.Lifecycle.DRAFT, claim=Startup.Claim.UNCLAIMED
    )
    return list(drafts.exclude(summary="").filter(subsector_rows__position=1).order_by("name"))


def publish_complete(batch_id: int) -> int:
    """Publish the complete drafts as unclaimed entries and return how many; the rest waits for its owner."""
    with transaction.atomic():
        batch = _locked(batch_id, State.APPLIED)
        drafts = publishable(batch)
        for startup in drafts:
            entries.transition(startup.pk, Startup.Lifecycle.PUBLISHED, by=Actor.COORDINATOR)
    return len(drafts)
