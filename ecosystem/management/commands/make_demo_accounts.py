"""Make one account per role for trying the portal out, and write their passwords into a file only the owner reads."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from ecosystem import roles
from ecosystem.models import Organization, User

# The top-level domain "test" is reserved: no mail to it can ever reach anybody.
DOMAIN = "demo.malangkraf.test"
FILE = "demo-accounts.json"


@dataclass(frozen=True)
class DemoAccount:
    """An account to be made: `role` is a group's name, or admin or founder, which are none."""

    role: str
    local_part: str
    name: str
    organization: str = ""

    @property
    def email(self) -> str:
        return f"{self.local_part}@{DOMAIN}"


ACCOUNTS = (
    DemoAccount("admin", "admin", "Admin Demo"),
    DemoAccount(roles.PLANNER, "perencana", "Perencana Demo", "bappeda"),
    DemoAccount(roles.PLANNER, "perencana-dua", "Perencana Demo Dua", "bappeda"),
    DemoAccount(roles.TASK_FORCE, "satgas", "Anggota Satgas Demo"),
    DemoAccount(roles.COORDINATOR, "koordinator", "Koordinator Demo", "stasion"),
    DemoAccount(roles.FACILITY_MANAGER, "pengelola", "Pengelola Fasilitas Demo", "diskopindag"),
    DemoAccount("founder", "pendiri", "Pendiri Startup Demo"),
)


@dataclass(frozen=True)
class Credentials:
    """What stands in the file for one account."""

    role: str
    email: str
    password: str


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Demo accounts are made only with MALANGKRAF_DEMO=1: their passwords lie in a file."
            )
        path = settings.DATA_DIR / FILE
        known = read_passwords(path)
        with transaction.atomic():
            written = [ensure_account(account, known.get(account.email)) for account in ACCOUNTS]
        if {one.email: one.password for one in written} != known or path.stat().st_mode & 0o077:
            write_privately(path, json.dumps([asdict(one) for one in written], indent=1) + "\n")
        if verbosity:
            self.stdout.write(f"{len(written)} demo accounts, their passwords in {path}")


def ensure_account(account: DemoAccount, password: str | None) -> Credentials:
    """Return how to sign in to the account; an account whose password is not known gets a new one."""
    user = User.objects.filter(email=account.email).first()
    if user is None:
        is_admin = account.role == "admin"
        user = User(email=account.email, name=account.name, is_staff=is_admin, is_superuser=is_admin)
        user.organization = Organization.objects.filter(slug=account.organization).first()
    if user.pk is None or password is None:
        password = password or secrets.token_urlsafe(12)
        user.set_password(password)
        user.save()
    if account.role in roles.STAFF_ROLES:
        user.groups.add(Group.objects.get_or_create(name=account.role)[0])
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return Credentials(account.role, account.email, password)


def read_passwords(path: Path) -> dict[str, str]:
    """Return the passwords of an earlier run by e-mail address, empty when there is no readable file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(entry["email"]): str(entry["password"]) for entry in content}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def write_privately(path: Path, text: str) -> None:
    """Write the file so that nobody but its owner can read it, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
