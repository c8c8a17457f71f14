"""The portal refuses to start when its settings are wrong, with one line that says what to do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "".join(chr(97 + number * 7 % 26) + str(number) for number in range(40))
RIGHT = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "portal.example.org",
    "SITE_URL": "https://portal.example.org",
    "DATABASE_URL": "postgresql://portal:9f8c1e7a52@db.example.org/portal",
    "REDIS_URL": "redis://cache.example.org:6379/0",
    "EMAIL_URL": "smtp://portal:5d1b@mail.example.org:587?tls=1",
    "TRUSTED_PROXIES": "1",
}
WRONG = {
    "no key": ({"SECRET_KEY": ""}, "SECRET_KEY"),
    "short key": ({"SECRET_KEY": "abcdefghij"}, "SECRET_KEY is too short"),
    "simple key": ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is too short or too simple"),
    "key of the public code": ({"SECRET_KEY": "only-for-demo-and-tests-" + "x" * 40}, "SECRET_KEY"),
    "key of a new Django project": ({"SECRET_KEY": "django-insecure-" + KEY}, "SECRET_KEY"),
    "unreadable key file": ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE"),
    "no hosts": ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
    "every host": ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    "every subdomain": ({"ALLOWED_HOSTS": ".example.org"}, "ALLOWED_HOSTS"),
    "hosts without the site's own": ({"ALLOWED_HOSTS": "other.example.org"}, "portal.example.org"),
    "no site address": ({"SITE_URL": ""}, "SITE_URL"),
    "site without TLS": ({"SITE_URL": "http://portal.example.org"}, "https://"),
    "site with a path": ({"SITE_URL": "https://portal.example.org/portal"}, "SITE_URL"),
    "site that is no address": ({"SITE_URL": "portal.example.org"}, "SITE_URL"),
    "no database": ({"DATABASE_URL": ""}, "DATABASE_URL"),
    "another database": ({"DATABASE_URL": "sqlite:///portal.db"}, "postgresql://"),
    "default database password": (
        {"DATABASE_URL": "postgresql://postgres:postgres@db.example.org/portal"},
        "DATABASE_URL holds a default password",
    ),
    "no database password": ({"DATABASE_URL": "postgresql://portal@db.example.org/portal"}, "password"),
    "database port that is none": (
        {"DATABASE_URL": "postgresql://p:9f8c1e7a52@db.example.org:54x2/portal"},
        "DATABASE_URL",
    ),
    "no broker": ({"REDIS_URL": ""}, "REDIS_URL"),
    "another broker": ({"REDIS_URL": "amqp://cache.example.org"}, "REDIS_URL"),
    "no mail": ({"EMAIL_URL": ""}, "EMAIL_URL"),
    "mail into files": ({"EMAIL_URL": "file:///tmp/mail"}, "EMAIL_URL"),
    "mail on the console": ({"EMAIL_URL": "console://"}, "EMAIL_URL"),
    "proxies not said": ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES"),
    "proxies not a number": ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES"),
    "debug on": ({"DEBUG": "1"}, "DEBUG must be off"),
    "debug neither on nor off": ({"DEBUG": "maybe"}, "DEBUG must be 1 or 0"),
    "public demo with the public key": ({"MALANGKRAF_DEMO": "1", "SECRET_KEY": ""}, "SECRET_KEY"),
    "a part that does not exist": ({"MALANGKRAF_PROCESS": "wep"}, "MALANGKRAF_PROCESS"),
    "map pictures without TLS": (
        {"MAP_TILES_URL": "http://tiles.example.org/{z}/{x}/{y}.png"},
        "MAP_TILES_URL",
    ),
    "map pictures without their place": (
        {"MAP_TILES_URL": "https://tiles.example.org/a.png"},
        "MAP_TILES_URL",
    ),
    "a rate that is none": ({"API_RATE": "many"}, "API_RATE"),
}


# Python and the packages are read once; each start is a process of its own that reads the portal's modules anew.
STARTS = """
import json, os, sys, traceback
import malangkraf.settings
for name in [name for name in sys.modules if name.partition(".")[0] == "malangkraf"]:
    del sys.modules[name]
outcomes = {}
for name, environment in json.load(sys.stdin).items():
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.dup2(writer, sys.stderr.fileno())
        os.environ.clear()
        os.environ.update(environment)
        code = 0
        try:
            import malangkraf.settings
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stderr.flush()
        os._exit(code)
    os.close(writer)
    with open(reader) as output:
        written = output.read()
    outcomes[name] = [os.waitstatus_to_exitcode(os.wait()[1]), written]
print(json.dumps(outcomes))
"""


@pytest.fixture(scope="module")
def outcomes():
    """The exit code of each start, and what it wrote."""
    right = {"PATH": os.environ["PATH"], "DATA_DIR": "/nowhere", **RIGHT}
    cases = {"right": right, **{name: right | changes for name, (changes, _text) in WRONG.items()}}
    result = subprocess.run(
        [sys.executable, "-c", STARTS], input=json.dumps(cases),
        cwd=ROOT, env=right, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_right_settings_start(outcomes):
    code, output = outcomes["right"]
    assert code == 0, output


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_do_not_start_and_say_why_in_one_line(outcomes, name):
    code, output = outcomes[name]
    assert code != 0, f"{name}: started all the same"
    last = output.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: "), last
    assert WRONG[name][1] in last


def test_the_line_never_shows_the_secret(outcomes):
    for code, output in outcomes.values():
        assert KEY not in output
        assert "9f8c1e7a52" not in output, code


@pytest.mark.parametrize("process", ["web", "worker"])
def test_deployment_check_is_clean_with_production_settings(process):
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={"PATH": os.environ["PATH"], "DATA_DIR": "/nowhere", **RIGHT, "MALANGKRAF_PROCESS": process},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout
