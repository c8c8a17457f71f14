"""Services, accounts and clients that every test may use.

The first pytest process starts a PostgreSQL and a Valkey of its own on an empty temporary folder, unless
DATABASE_URL and REDIS_URL are set; pytest-xdist's workers share them, each with a test database and a Valkey
database of its own. The data of `make run` is never touched.
"""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from malangkraf import catalogue
from tests import chromium

SERVICES = pytest.StashKey[ExitStack]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the services, then let Django read its settings from the environment that names them."""
    # What is collected lives as long as the run: pytest_collection_finish looks for garbage once.
    gc.disable()
    stack = config.stash[SERVICES] = ExitStack()
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    if not worker:
        # A fresh clone has no compiled catalogue, and its pages would speak English.
        catalogue.compile_catalogue(catalogue.PROJECT)
        start_services(stack)
    else:
        server, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"
    os.environ["DATA_DIR"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="malangkraf-data-"))
    for name in ("DEBUG", "MALANGKRAF_DEMO", "MALANGKRAF_PROCESS", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL"):
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "malangkraf.settings"
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    # Each new client loads the middleware, and WhiteNoise would read the whole folder of built files: 25 ms a test.
    settings.WHITENOISE_AUTOREFRESH = True
    if not worker:
        call_command("build_fonts", verbosity=0)
        # WhiteNoise warns of a folder that a fresh clone does not have, and warnings are errors here.
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each worker load its settings itself.

    With an inherited settings module pytest-django loads them before the worker has named its own Valkey database,
    and all workers would empty the same one.
    """
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give the tests that share a slow start to one process."""
    from tests.scheduling import Scheduling

    return Scheduling(config, log)


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the browser tests, and only those, on a machine where no Chromium was found."""
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if wanted and chromium.find() is None:
        for item in wanted:
            item.add_marker(pytest.mark.skip(reason=chromium.ADVICE))


def pytest_collection_finish() -> None:
    """Leave what lives as long as the run out of each look for garbage, and look more rarely: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def empties_only_what_holds_rows() -> None:
    """Let a test with real transactions leave empty tables by deleting rows: a tenth of the time of emptying all."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    empty_all = DatabaseOperations.sql_flush

    def sql_flush(
        self: DatabaseOperations, style: object, tables: Sequence[str], **options: bool
    ) -> list[str]:
        names = [self.quote_name(table) for table in tables]
        with self.connection.cursor() as cursor:
            cursor.execute("SHOW is_superuser")
            # Without rights on triggers (append-only tables, foreign keys) rows cannot be deleted in any order.
            if not names or cursor.fetchone() != ("on",):
                return empty_all(self, style, tables, **options)
            cursor.execute(
                " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
            )
            held = [name for (name,) in cursor.fetchall()]
        return [
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {name}" for name in held),
        ]

    DatabaseOperations.sql_flush = sql_flush


def lacks_browser(reporter: pytest.TerminalReporter | None) -> bool:
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return any(chromium.ADVICE in str(report.longrepr) for report in skipped)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI, a browser test that could not run is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and lacks_browser(reporter) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if lacks_browser(terminalreporter):
        terminalreporter.write_sep("!", "BROWSER TESTS DID NOT RUN", red=True, bold=True)
        terminalreporter.write_line(chromium.ADVICE)


@pytest.fixture(scope="session")
def browser_executable() -> Path:
    """The Chromium that browser tests start."""
    found = chromium.find()
    assert found is not None, chromium.ADVICE
    return found


# --- templates --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def undefined_variables_fail_only_in_our_templates(_fail_for_invalid_template_variable: None) -> None:
    """Let templates of packages use undefined variables as Django does: allauth's rely on it."""
    from django.conf import settings

    handler = settings.TEMPLATES[0]["OPTIONS"].get("string_if_invalid")
    if handler is None:
        return
    ours = str(settings.BASE_DIR / "templates")
    fail = type(handler).__mod__

    def fail_in_ours(self: object, variable: str) -> str:
        origin = str(self._get_origin() or "")
        return fail(self, variable) if origin.startswith((ours, "<")) or not origin else self.origin_value

    type(handler).__mod__ = fail_in_ours


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


class DeliveredMail(Sequence[object]):
    """What reached the mailboxes: reading it first lets the worker's job run for every mail that is due."""

    def __init__(self, outbox: list[object]) -> None:
        self.outbox = outbox

    def deliver(self) -> list[object]:
        from django.utils import timezone

        from ecosystem.services import mail

        now = timezone.now()
        for mail_id in list(
            mail.waiting().filter(due_at__lte=now).order_by("pk").values_list("pk", flat=True)
        ):
            mail.send(mail_id, now=now)
        return self.outbox

    def __getitem__(self, index: object) -> object:
        return self.deliver()[index]

    def __len__(self) -> int:
        return len(self.deliver())


@pytest.fixture
def mailoutbox(mailoutbox: list[object]) -> DeliveredMail:
    """The mails that were delivered, the oldest first."""
    return DeliveredMail(mailoutbox)


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """No test sees the rate-limit counters or cached pages of another."""
    yield
    import redis
    from django.conf import settings

    redis.Redis.from_url(settings.REDIS_URL).flushdb()


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """No test starts in the language of the page that the one before it asked for."""
    yield
    from django.utils import translation

    translation.deactivate()
