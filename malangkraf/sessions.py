"""Sessions in PostgreSQL whose keys are looked up only when they can be keys."""

import re

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

# How Django writes keys; a cookie can hold anything, also the NUL that PostgreSQL does not even compare.
_KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseStore):
    """Django's store; a cookie that is no key at all counts as no session."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and _KEY.fullmatch(key))
