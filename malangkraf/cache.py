"""The shared cache: Valkey/Redis first, a database table while that is away."""

import time
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.exceptions import RedisError

# Once the cache server has failed, leave it alone for this long, so that a frozen server costs one wait and not
# one per call.
PAUSE_SECONDS = 5.0
# How django-allauth names its counters and marks.
SIGN_IN_GUARDS = "allauth"


class KeptClient(RedisCacheClient):
    """Django's client that makes redis-py's object once: making it takes as long as a call."""

    _kept: Redis | None = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        """Return the one server's client, which threads may share."""
        if self._kept is None:
            self._kept = super().get_client(key, write=write)
        return self._kept


class FallbackRedisCache(RedisCache):
    """Django's Redis cache that answers from the "database" cache while the server is unreachable.

    Rate limits of the API live in this cache: with the server away they count in PostgreSQL instead of letting all
    through. What guards the sign-in (failed tries, codes that were used) always lives in PostgreSQL: two stores that
    take turns would forget, and a code could be used twice.
    """

    _away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        is_guard = bool(args) and str(args[0]).startswith(SIGN_IN_GUARDS)
        if not is_guard and time.monotonic() >= FallbackRedisCache._away_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except (RedisError, OSError):
                FallbackRedisCache._away_until = time.monotonic() + PAUSE_SECONDS
        return getattr(caches["database"], name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Store unless present; return whether it was stored."""
        return bool(self._call("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value or the default."""
        return self._call("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Store the value."""
        self._call("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Give the key a new lifetime; return whether it was there."""
        return bool(self._call("touch", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Remove the key; return whether it was there."""
        return bool(self._call("delete", *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """Add to the number; raise ValueError when the key is absent."""
        return int(self._call("incr", *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """Return the keys that are present with their values."""
        return dict(self._call("get_many", *args, **kwargs))

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Store all; return the keys that failed."""
        return list(self._call("set_many", *args, **kwargs) or [])

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        """Remove all the keys."""
        self._call("delete_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Return whether the key is there."""
        return bool(self._call("has_key", *args, **kwargs))

    def clear(self) -> None:
        """Empty both stores."""
        self._call("clear")
