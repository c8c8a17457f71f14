"""Sessions in PostgreSQL whose keys are looked up only when they can be keys."""

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from malangkraf.written_sql import fetch

# How Django writes keys; a cookie can hold anything, also the NUL that PostgreSQL does not even compare.
_KEY = re.compile(r"[a-z0-9]{32}")
# Written out, as every page of a person begins with it: Django's own way to this row takes four times as long.
FIND = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseStore):
    """Django's store; a cookie that is no key at all counts as no session."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and _KEY.fullmatch(key))

    def load(self) -> dict[str, Any]:
        """Return what the session holds, nothing for one that is over or never was; one query."""
        rows = fetch(FIND, [self.session_key, timezone.now()])
        if not rows:
            self._session_key = None
            return {}
        return dict(self.decode(rows[0][0]))
