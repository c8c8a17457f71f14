"""The code base tests its own habits: import order, sizes, schedule, templates, imports of models and rules."""

import ast
import re
from pathlib import Path

import pytest
from celery.schedules import crontab
from django.conf import settings

from malangkraf.celery import app

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("malangkraf", "ecosystem", "startups", "roadmap")
# Each app may import what stands left of it.
ORDER = ("ecosystem", "startups", "roadmap")
MODULE_LIMIT, TEST_LIMIT, FUNCTION_LIMIT, VIEW_LIMIT, TEMPLATE_LIMIT = 400, 500, 50, 40, 150
# The project package knows the apps only where it must put them together.
ASSEMBLY = {
    "malangkraf/urls.py",
    "malangkraf/middleware.py",
    "malangkraf/health.py",
    "malangkraf/views/pages.py",
    "malangkraf/preparation.py",
    "malangkraf/sitemaps.py",
}
PURE = (
    "roadmap/rules/",
    "ecosystem/rules/",
    "roadmap/periods.py",
    "malangkraf/numbers.py",
    "malangkraf/drawing/",
)
KNOWS_NO_REQUEST = ("/models/", "/services/", "/rules/", "/importing/", "/reporting/")


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def imported(path):
    """Yield every module that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def app_violations(files):
    found = []
    for path in files:
        own = name_of(path).split("/")[0]
        allowed = ORDER[: ORDER.index(own) + 1] if own in ORDER else ()
        for module in imported(path):
            top = module.split(".")[0]
            if top in ORDER and top not in allowed and name_of(path) not in ASSEMBLY:
                found.append(f"{name_of(path)} imports {module}")
    return found


def test_apps_import_in_one_direction():
    assert app_violations(sources(*PACKAGES)) == []


def test_the_import_check_sees_a_wrong_import(tmp_path, monkeypatch):
    folder = tmp_path / "ecosystem"
    folder.mkdir()
    (folder / "bad.py").write_text("def f():\n    from roadmap.models import Phase\n")
    monkeypatch.setattr("tests.test_consistency.ROOT", tmp_path)
    assert app_violations([folder / "bad.py"]) == [
        "ecosystem/bad.py imports roadmap.models",
        "ecosystem/bad.py imports roadmap.models.Phase",
    ]


def test_rules_know_no_framework():
    found = [
        f"{name_of(path)} imports {module}"
        for path in sources("roadmap", "ecosystem", "malangkraf")
        if name_of(path).startswith(PURE)
        for module in imported(path)
        if module.split(".")[0] in {"django", "rest_framework", "celery"}
    ]
    assert found == []


def test_models_rules_and_services_know_no_request():
    found = [
        f"{name_of(path)} imports {module}"
        for path in sources(*PACKAGES)
        if any(part in f"/{name_of(path)}" for part in KNOWS_NO_REQUEST)
        for module in imported(path)
        if module.startswith(("rest_framework", "django.http", "django.shortcuts", "django.views"))
    ]
    assert found == []


@pytest.mark.parametrize(("folders", "limit"), [(PACKAGES, MODULE_LIMIT), (("tests",), TEST_LIMIT)])
def test_modules_stay_small(folders, limit):
    long = {name_of(path): len(path.read_text().splitlines()) for path in sources(*folders)}
    assert {name: lines for name, lines in long.items() if lines > limit} == {}


def functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.end_lineno - node.lineno + 1


def test_functions_stay_small():
    found = {}
    for path in sources(*PACKAGES):
        limit = VIEW_LIMIT if "/views/" in name_of(path) else FUNCTION_LIMIT
        found |= {f"{name_of(path)}:{name}": lines for name, lines in functions(path) if lines > limit}
    assert found == {}


def templates():
    return sorted((ROOT / "templates").rglob("*.html"))


def test_templates_stay_small():
    long = {name_of(path): len(path.read_text().splitlines()) for path in templates()}
    assert {name: lines for name, lines in long.items() if lines > TEMPLATE_LIMIT} == {}


def test_templates_carry_no_inline_code():
    """The content security policy would stop it in the browser; here it is seen before."""
    inline = re.compile(
        r"\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>|<style"
    )
    found = [name_of(path) for path in templates() if inline.search(path.read_text())]
    # A mail takes no style sheet along; the downloaded report is one file on purpose and is served in a sandbox.
    assert found == ["templates/mail/layout.html", "templates/roadmap/report_document.html"]


def test_every_template_is_used():
    """A template nobody names is dead; those that Django, allauth and the form renderer look up are named there."""
    texts = [path.read_text() for path in [*templates(), *sources(*PACKAGES)]]
    texts += [path.read_text() for path in (ROOT / "templates").rglob("*.txt")]
    looked_up = ("account/", "mfa/", "allauth/", "django/", "admin/", "socialaccount/", "usersessions/")
    unused = []
    for path in templates():
        name = path.relative_to(ROOT / "templates").as_posix()
        if name.startswith(looked_up) or re.fullmatch(r"\d{3}(_csrf)?\.html", name):
            continue
        # Views also choose by a part of the name: "value_form", "indicator_list.html", f"…/{noun}_list.html".
        last_part = "_" + path.stem.rsplit("_", 1)[-1] + ".html"
        ways = (name, f'"{path.name}"', f'"{path.stem}"', "}" + last_part)
        if not any(way in text for text in texts for way in ways):
            unused.append(name)
    assert unused == []


def test_every_scheduled_task_exists_and_has_a_queue_that_a_worker_reads():
    from malangkraf.supervisor import COMMANDS

    app.loader.import_default_modules()
    command = COMMANDS["worker"]
    queues = set(command[command.index("--queues") + 1].split(","))
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name
        assert isinstance(entry["schedule"], crontab | float), name
        route = app.amqp.router.route({}, entry["task"])
        assert getattr(route.get("queue"), "name", route.get("queue")) in queues, name


def test_no_machine_path_or_package_host_is_named():
    forbidden = re.compile(r"/simple/|index-url|find-links|/root/|\.pyenv")
    found = []
    for path in [
        ROOT / "requirements.txt",
        ROOT / "requirements-dev.txt",
        ROOT / "docker-compose.yml",
        ROOT / "README.md",
    ]:
        found += [f"{path.name}: {line}" for line in path.read_text().splitlines() if forbidden.search(line)]
    assert found == []
