"""Services, accounts and clients that every test may use.

The first pytest process starts a PostgreSQL and a Valkey of its own on an empty temporary folder, unless
DATABASE_URL and REDIS_URL are set; pytest-xdist's workers share them, each with a test database and a Valkey
database of its own. The data of `make run` is never touched.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import chromium

SERVICES = pytest.StashKey[ExitStack]()
MISSING_BROWSER = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the services, then let Django read its settings from the environment that names them."""
    stack = config.stash[SERVICES] = ExitStack()
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    if not worker:
        start_services(stack)
    else:
        server, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"
    os.environ["DATA_DIR"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="malangkraf-data-"))
    for name in ("DEBUG", "MALANGKRAF_DEMO", "MALANGKRAF_PROCESS", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL"):
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "malangkraf.settings"
    import django

    django.setup()


def start_services(stack: ExitStack) -> None:
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    from malangkraf import embedded

    try:
        addresses = stack.enter_context(embedded.throwaway_services())
    except embedded.EmbeddedError as error:
        pytest.exit(str(error), returncode=3)
    os.environ.setdefault("DATABASE_URL", addresses.database_url)
    os.environ.setdefault("REDIS_URL", addresses.redis_url)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[SERVICES].close()


# --- the browser -----------------------------------------------------------------------------------------


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the browser tests, and only those, on a machine where no Chromium was found."""
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if wanted and chromium.find() is None:
        config.stash[MISSING_BROWSER] = f"{len(wanted)} browser tests"
        for item in wanted:
            item.add_marker(pytest.mark.skip(reason=chromium.ADVICE))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("CI") and MISSING_BROWSER in session.config.stash and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = {str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])}
    if any(chromium.ADVICE in reason for reason in reasons):
        terminalreporter.write_sep("!", "BROWSER TESTS DID NOT RUN", red=True, bold=True)
        terminalreporter.write_line(chromium.ADVICE)


@pytest.fixture(scope="session")
def browser_executable() -> Path:
    """The Chromium that browser tests start."""
    found = chromium.find()
    assert found is not None, chromium.ADVICE
    return found


# --- accounts and clients --------------------------------------------------------------------------------


@pytest.fixture
def make_user(db: None) -> Callable[..., object]:
    """Make an account with a confirmed e-mail address and the given roles."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    def make(email: str, *role_names: str, **fields: object) -> object:
        user = get_user_model().objects.create_user(email, "kata-sandi-uji-2024", **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        # Tests with real transactions empty the table of groups that the migration filled.
        user.groups.set([Group.objects.get_or_create(name=name)[0] for name in role_names])
        return user

    return make


@pytest.fixture
def planner(make_user):
    return make_user("perencana@example.org", "planner", name="Perencana Satu")


@pytest.fixture
def other_planner(make_user):
    return make_user("perencana-dua@example.org", "planner", name="Perencana Dua")


@pytest.fixture
def task_force_member(make_user):
    return make_user("satgas@example.org", "task_force", name="Anggota Satgas")


@pytest.fixture
def coordinator(make_user):
    return make_user("koordinator@example.org", "coordinator", name="Koordinator Stasion")


@pytest.fixture
def facility_manager(make_user):
    return make_user("pengelola@example.org", "facility_manager", name="Pengelola Fasilitas")


@pytest.fixture
def founder(make_user):
    return make_user("pendiri@example.org", name="Pendiri Usaha")


@pytest.fixture
def admin_user(make_user):
    return make_user("admin@example.org", name="Admin", is_staff=True, is_superuser=True)


@pytest.fixture
def client_for() -> Callable[..., object]:
    """Return a function that gives a client signed in as the user, or an anonymous one for None."""
    from django.test import Client

    def build(user: object | None = None, **defaults: object) -> Client:
        client = Client(**defaults)
        if user is not None:
            client.force_login(user)
        return client

    return build


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    """Run Celery tasks at once in the test's own process."""
    from malangkraf.celery import app

    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """No test sees the rate-limit counters or cached pages of another."""
    yield
    import redis
    from django.conf import settings

    redis.Redis.from_url(settings.REDIS_URL).flushdb()
