"""Typed readers of environment variables: a bad or missing value stops start-up with one clear line."""

import os
import re
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Stands in the public source code, so it protects nothing: for the demo on one's own machine and for tests.
PUBLIC_KEY = "only-for-demo-and-tests-" + "x" * 40
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
DEFAULT_PASSWORDS = {"postgres", "password", "malangkraf", "changeme", "admin", "root", "secret", "123456"}
PROCESSES = {"web", "worker", "beat", "command"}
_RATE = re.compile(r"^[1-9]\d*/(s|sec|m|min|h|hour|d|day)$")


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the text of the file that NAME_FILE points at; raise when neither is set."""
    if file_name := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file_name).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE cannot be read: {error.strerror}: {file_name}"
            ) from error
    value = os.environ.get(name, "") or default
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name} (see docs/operation.md).")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Return True for 1/true/yes/on and False for 0/false/no/off; raise on anything else."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int | None) -> int:
    """Return the variable as a whole number; raise when it is none, or absent without a default."""
    value = os.environ.get(name, "").strip()
    if not value:
        if default is None:
            raise ImproperlyConfigured(f"Set the environment variable {name} (see docs/operation.md).")
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def process(name: str) -> str:
    """Return what this process is: web, worker, beat or command (the default)."""
    value = os.environ.get(name, "") or "command"
    if value not in PROCESSES:
        raise ImproperlyConfigured(f"{name} must be web, worker, beat or command, not {value!r}.")
    return value


def rate(name: str, default: str) -> str:
    """Return a rate limit such as 120/min; raise when it is none."""
    value = os.environ.get(name, "").strip() or default
    if not _RATE.match(value):
        raise ImproperlyConfigured(f"{name} must be a rate such as 120/min, not {value!r}.")
    return value


def items(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without empty entries."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def map_tiles(default: str) -> str:
    """Return the address of the map's pictures, "" for a map without; raise unless each picture can be named by it."""
    address = os.environ.get("MAP_TILES_URL", default).strip()
    parts = urlsplit(address)
    whole = parts.scheme == "https" and bool(parts.hostname)
    if address and not (whole and all(part in parts.path for part in ("{z}", "{x}", "{y}"))):
        raise ImproperlyConfigured(
            f"MAP_TILES_URL must be like {default}, or empty for a map without pictures, not {address!r}."
        )
    return address


def servers(name: str, default_port: int) -> list[tuple[str, int]]:
    """Return a comma-separated list of IP addresses, each with its port if it names one (IPv6 then in brackets)."""
    found = []
    for item in items(name):
        host, _, port = item.rpartition(":") if item.count(":") == 1 or "]:" in item else (item, "", "")
        try:
            found.append((str(ip_address(host.strip("[]"))), int(port or default_port)))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} must be IP addresses such as 9.9.9.9, not {item!r}."
            ) from error
    return found


def test_addresses(name: str, *, production: bool) -> dict[str, dict[int, int]]:
    """Return {address: {80: real port}} from items such as 127.0.0.1:80=8123: loopback that website checks may reach.

    For tests and trials on one's own machine; raise in production.
    """
    found: dict[str, dict[int, int]] = {}
    for item in items(name):
        match = re.fullmatch(r"(127\.[\d.]+):(80|443)=(\d{2,5})", item)
        if production or match is None:
            raise ImproperlyConfigured(
                f"{name} is for tests on loopback alone: items such as 127.0.0.1:80=8123, never in production."
            )
        found.setdefault(match[1], {})[int(match[2])] = int(match[3])
    return found


def check_site(site_url: str, *, hosts: Sequence[str], key: str, production: bool) -> None:
    """Raise when the address, the host names and the key do not fit a portal that others can reach."""
    parts = _split("SITE_URL", site_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"SITE_URL must be like https://portal.example.org, not {site_url!r}.")
    if not production:
        # A public address with debug pages, or with the key that everybody knows, is a production by mistake.
        if flag("DEBUG") and parts.hostname not in LOOPBACK:
            raise ImproperlyConfigured("DEBUG must be off where SITE_URL is not this machine itself.")
        if key == PUBLIC_KEY and parts.hostname not in LOOPBACK:
            raise ImproperlyConfigured("Set SECRET_KEY where SITE_URL is not this machine itself.")
        return
    if key == PUBLIC_KEY or len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-"):
        raise ImproperlyConfigured("SECRET_KEY is too short or too simple: use 50 random characters or more.")
    if not hosts or any("*" in host or host.startswith(".") for host in hosts):
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts of the portal, without wildcards.")
    if parts.scheme != "https":
        raise ImproperlyConfigured("SITE_URL must begin with https:// in production.")
    if parts.hostname not in hosts:
        raise ImproperlyConfigured(f"ALLOWED_HOSTS must hold the host of SITE_URL, {parts.hostname}.")


def check_database_password(entry: dict[str, Any]) -> None:
    """Raise when the database is reached over a network without a password, or with one that everybody tries."""
    password, host = entry["PASSWORD"], entry["HOST"]
    # A socket in the file system or on loopback may let the operating system's user in instead.
    if not password and host and not host.startswith("/") and host not in LOOPBACK:
        raise ImproperlyConfigured("DATABASE_URL must hold a password for a database on another machine.")
    if password and (password.lower() in DEFAULT_PASSWORDS or password == entry["USER"]):
        raise ImproperlyConfigured("DATABASE_URL holds a default password: choose a random one.")


def redis(url: str) -> str:
    """Return the address when it is one of Valkey or Redis; raise otherwise."""
    parts = _split("REDIS_URL", url)
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.hostname or parts.path):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    return url


def _split(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises on a port that is no number
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not an address: {error}.") from error
    return parts


def database(url: str, *, process: str) -> dict[str, Any]:
    """Return Django's DATABASES entry for a postgresql:// address.

    Limits follow the process: a web request may hold a statement for 15 s and a lock for 3 s, a worker or a
    command 300 s and 5 s. Only the web process keeps a connection pool.
    """
    parts = _split("DATABASE_URL", url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql:// (PostgreSQL is the only database)."
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    web = process == "web"
    parameters = {
        "statement_timeout": 15_000 if web else 300_000,
        "lock_timeout": 3_000 if web else 5_000,
        "idle_in_transaction_session_timeout": 30_000 if web else 300_000,
        # Unset, every trigger of django-pgtrigger raises and catches an error per row, and bulk writes crawl.
        "pgtrigger.ignore": "{}",
        # A plan that is kept counts from the first time on; PostgreSQL would else make some anew each time.
        "plan_cache_mode": "force_generic_plan",
    }
    options: dict[str, Any] = {
        "options": " ".join(f"-c {key}={value}" for key, value in parameters.items()),
        "connect_timeout": 3,
        # The statements of malangkraf.written_sql are planned once for each connection.
        "prepare_threshold": 0,
    }
    if "sslmode" in query:
        options["sslmode"] = query["sslmode"]
    if web:
        options["pool"] = {"min_size": 1, "max_size": number("DATABASE_POOL_SIZE", 8), "timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "malangkraf",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0 if web else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def mail(url: str, *, production: bool) -> dict[str, Any]:
    """Return Django's e-mail settings for smtp://user:password@host:port?tls=1 or file:///folder.

    Files are for the demo: in production nobody would ever read them.
    """
    parts = _split("EMAIL_URL", url)
    if parts.scheme == "file":
        if production:
            raise ImproperlyConfigured("EMAIL_URL must be an smtp:// or smtps:// address in production.")
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": parts.path,
        }
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured("EMAIL_URL must begin with smtp://, smtps:// or file://.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": "tls=1" in parts.query,
        "EMAIL_TIMEOUT": 10,
    }
