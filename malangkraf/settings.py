"""Settings from the environment; docs/operation.md lists every variable."""

import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pghistory
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from malangkraf import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / ".data"))).resolve()
BUILD_DIR = BASE_DIR / "build"

# What this process is: web, worker, beat or command. It decides time limits and the connection pool.
PROCESS = environment.process("MALANGKRAF_PROCESS")
DEMO = environment.flag("MALANGKRAF_DEMO")
DEBUG = environment.flag("DEBUG")
TESTING = "pytest" in sys.modules
PRODUCTION = not (DEBUG or DEMO or TESTING)

SECRET_KEY = environment.text("SECRET_KEY", None if PRODUCTION else environment.PUBLIC_KEY)
ALLOWED_HOSTS = environment.items(
    "ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver"
)
SITE_URL = environment.text("SITE_URL", None if PRODUCTION else "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

environment.check_site(SITE_URL, hosts=ALLOWED_HOSTS, key=SECRET_KEY, production=PRODUCTION)

INSTALLED_APPS = [
    "ecosystem.apps.PortalAdminConfig",
    "django.forms",  # TemplatesSetting finds the widgets' templates through it
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "django_migration_linter",
    "drf_spectacular",
    "pghistory",
    "pghistory.admin",
    "pgtrigger",
    "rest_framework",
    "malangkraf",
    "ecosystem",
    "startups",
    "roadmap",
]
if not TESTING and not DEBUG:
    INSTALLED_APPS.remove("django_migration_linter")

MIDDLEWARE = [
    "malangkraf.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ecosystem.late_comers.LateComersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "malangkraf.middleware.ApiLanguageMiddleware",
    "malangkraf.middleware.CharsetMiddleware",
    "malangkraf.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "malangkraf.middleware.PublicFirstLoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "malangkraf.middleware.ApiErrorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "malangkraf.middleware.StaffMfaMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "malangkraf.urls"
WSGI_APPLICATION = "malangkraf.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "malangkraf.context_processors.portal",
            ],
            "builtins": ["malangkraf.templatetags.malangkraf"],
        },
    },
]

# --- data -----------------------------------------------------------------------------------------------

DATABASES = {
    "default": environment.database(
        environment.text("DATABASE_URL", None if PRODUCTION else "postgresql://localhost/malangkraf"),
        process=PROCESS,
    )
}
if PRODUCTION:
    environment.check_database_password(DATABASES["default"])

REDIS_URL = environment.redis(
    environment.text("REDIS_URL", None if PRODUCTION else "redis://localhost:6379/0")
)
# One try of at most a second: redis-py's own three retries would hold a page for four.
REDIS_OPTIONS = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 0)}
_keys = {"KEY_PREFIX": "mk", "TIMEOUT": 300}
CACHES = {
    # Falls back to the database table when the cache is away, so that rate limits never fail open.
    "default": {
        "BACKEND": "malangkraf.cache.FallbackRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": REDIS_OPTIONS,
        **_keys,
    },
    "database": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "malangkraf_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
        **_keys,
    },
}
SESSION_ENGINE = "malangkraf.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/berkas/"
STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "static-root"
# django-leaflet is here for its copy of Leaflet alone: as an app it would ask for GDAL.
_leaflet = Path(str(find_spec("leaflet").origin)).parent / "static" / "leaflet"  # type: ignore[union-attr]
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [
    BASE_DIR / "static",
    ("leaflet", _leaflet),
    *([BUILD_DIR / "static"] if (BUILD_DIR / "static").is_dir() else []),
]
_files_bucket = environment.text("FILES_S3_BUCKET", "")
STORAGES = {
    "default": (
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": _files_bucket}}
        if _files_bucket
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
# Only the hashed names are ever linked; compressing both would double the time of a first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "jpg", "jpeg", "png", "gif", "webp", "gz", "br", "woff2")
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
# A form with its evidence (10 MB, malangkraf/uploads.py) and some room.
LARGEST_REQUEST = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

PGHISTORY_APPEND_ONLY = True
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": ["account", "mfa", "admin", "auth", "contenttypes", "sessions", "pghistory"],
    # These only fill or make tables that nobody reads yet, in SQL that the linter takes for changes.
    "ignore_name": [
        *("0001_initial", "0002_roles_and_cache_table", "0003_outgoing_mail"),
        *("0002_rating_scale", "0002_registration_name_trigrams", "0003_search_codes"),
    ],
}

# --- language and time ----------------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "malangkraf" / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

# --- accounts -------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "ecosystem.User"
AUTHENTICATION_BACKENDS = ["ecosystem.accounts.AuthenticationBackend"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "ecosystem:workroom_home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "ecosystem.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "MalangKraf: "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FORM_CLASS = "ecosystem.forms.SignupExtras"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https") else "http"
# How many proxies of our own stand before the server: only their entries of X-Forwarded-For are believed.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("TRUSTED_PROXIES", None if PRODUCTION else 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "login_webauthn": "ecosystem.passkeys.LoginForm",
    "authenticate_webauthn": "ecosystem.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "ecosystem.passkeys.ReauthenticateForm",
    "add_webauthn": "ecosystem.passkeys.AddForm",
}
MFA_TOTP_ISSUER = "MalangKraf"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Off in the demo, where anybody should be able to look around; tests of it switch it on.
STAFF_NEEDS_MFA = not DEMO and not TESTING

# --- mail -----------------------------------------------------------------------------------------------

_mail = environment.mail(
    environment.text("EMAIL_URL", None if PRODUCTION else f"file://{DATA_DIR / 'mail'}"),
    production=PRODUCTION,
)
globals().update(_mail)
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", f"MalangKraf <noreply@{urlsplit(SITE_URL).hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who answers for personal data (UU 27/2022), as the privacy page says it; the operator must name it.
DATA_CONTROLLER = environment.text("DATA_CONTROLLER", "")

# --- map ------------------------------------------------------------------------------------------------

# The pictures of the map with streets come from here, once a visitor asks for them; empty: a map without.
MAP_TILES_URL = environment.map_tiles("https://tile.openstreetmap.org/{z}/{x}/{y}.png")
MAP_TILES_ATTRIBUTION = environment.text("MAP_TILES_ATTRIBUTION", "© OpenStreetMap contributors")
_tiles = urlsplit(MAP_TILES_URL)

# --- security -------------------------------------------------------------------------------------------

_https = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _https
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *([f"{_tiles.scheme}://{_tiles.netloc}"] if MAP_TILES_URL else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    **dict.fromkeys(("publickey-credentials-get", "publickey-credentials-create"), ["self"]),
    **dict.fromkeys(
        ("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen"), []
    ),
    **dict.fromkeys(("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb"), []),
}

# --- API ------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "malangkraf.api.paging.PortalPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["malangkraf.api.throttling.AddressThrottle"],
    "DEFAULT_THROTTLE_RATES": {"address": environment.rate("API_RATE", "120/min")},
    "EXCEPTION_HANDLER": "malangkraf.api.problems.problem_details",
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MalangKraf API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": _(
        "Read API of Malang's creative economy: roadmap, KPIs and reports. Anonymous, published rows only."
    ),
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": False,
}

# --- jobs -----------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 180
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
# A message that a killed worker held comes back after 5 minutes; the sweep, not the broker, is what counts.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    # A frozen broker costs a page three waits (old connection, new one, the one retry): under 2 s together.
    "socket_timeout": 0.6 if PROCESS == "web" else 30,
    "socket_connect_timeout": 0.6 if PROCESS == "web" else 5,
    "socket_keepalive": True,
    # Look for such messages every 5 s (kombu's own pace is every 100 s).
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    # The sweep and the schedule must not wait behind the reports that they look after.
    "roadmap.tasks.make_report_snapshot": {"queue": "reports"},
    "roadmap.tasks.render_report_file": {"queue": "reports"},
    "roadmap.tasks.*": {"queue": "housekeeping"},
    "ecosystem.tasks.send_mail": {"queue": "mail"},
    "ecosystem.tasks.*": {"queue": "housekeeping"},
    "startups.tasks.*": {"queue": "housekeeping"},
}
CELERY_TIMEZONE = TIME_ZONE
# Whom the workers ask for names; empty: the operating system's servers.
DNS_SERVERS = environment.servers("DNS_SERVERS", default_port=53)
FETCH_TEST_ADDRESSES = environment.test_addresses("FETCH_TEST_ADDRESSES", production=PRODUCTION)

# --- logs -----------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "malangkraf.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "malangkraf.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]},
    },
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
        # Anybody can send a foreign host name; the answer is 400 and the log need not keep it.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "fontTools": {"level": "WARNING"},
    },
}
