"""What a start must do and what it may skip."""

import fcntl

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from ecosystem.management.commands import prepare
from malangkraf import preparation


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one migration and one translation, nothing of it prepared."""
    monkeypatch.setattr(preparation, "ROOT", tmp_path)
    monkeypatch.setattr(preparation, "STATIC_ROOT", tmp_path / "build" / "static-root")
    monkeypatch.setattr(preparation, "CATALOGUE", tmp_path / "django.mo")
    (tmp_path / "app" / "migrations").mkdir(parents=True)
    (tmp_path / "app" / "migrations" / "0001_initial.py").write_text("first")
    return tmp_path


def finish(project):
    for folder in ("build/static", "build/static-root"):
        (project / folder).mkdir(parents=True)
    (project / "build" / "static-root" / "staticfiles.json").touch()
    (project / "django.mo").touch()
    for step in ("catalogue", "fonts", "static"):
        preparation.build_record().mark(step)
    for step in ("database", "data"):
        preparation.data_record(project / "data").mark(step)


def test_a_finished_start_has_nothing_to_do(project):
    assert not preparation.is_all_done(project / "data")
    finish(project)
    assert preparation.is_all_done(project / "data")


@pytest.mark.parametrize("change", ["edit", "add"])
def test_a_new_or_changed_migration_makes_the_database_due(project, change):
    finish(project)
    name = "0001_initial.py" if change == "edit" else "0002_next.py"
    (project / "app" / "migrations" / name).write_text("second")
    assert preparation.data_record(project / "data").is_due("database")
    assert not preparation.data_record(project / "data").is_due("data")


@pytest.mark.parametrize("lost", ["django.mo", "build/static-root/staticfiles.json"])
def test_a_built_file_that_is_lost_is_built_again(project, lost):
    finish(project)
    (project / lost).unlink()
    assert not preparation.is_all_done(project / "data")


@pytest.mark.parametrize("text", ["", "[]", "{broken"])
def test_a_broken_record_means_that_everything_is_due(project, text):
    finish(project)
    (project / "data" / "prepared.json").write_text(text)
    assert preparation.data_record(project / "data").is_due("data")


def test_the_real_sources_exist():
    for step, patterns in preparation.SOURCES.items():
        assert list(preparation._files(patterns)), step


@pytest.fixture
def command():
    made = prepare.Command()
    made.loaded = preparation.data_record(preparation.ROOT / "no such folder")
    return made


@pytest.mark.django_db
def test_data_of_a_database_that_is_gone_is_loaded_again(command):
    command.loaded.done = {"database": "a", "data": "b", "identity": "another database"}
    command.forget_another_database()
    assert "data" not in command.loaded.done
    command.loaded.done["data"] = "b"
    command.forget_another_database()
    assert command.loaded.done["data"] == "b"


@pytest.mark.parametrize(
    ("failures", "message", "calls"),
    [(2, "lock timeout", 3), (9, "lock timeout", 5), (9, "no such table", 1)],
)
def test_a_migration_that_waits_for_a_lock_is_tried_again_and_nothing_else_is(
    command, monkeypatch, failures, message, calls
):
    tried = []

    def migrate(*args, **options):
        tried.append(args)
        if len(tried) <= failures:
            raise OperationalError(f"canceling statement due to {message}")

    monkeypatch.setattr(prepare, "call_command", migrate)
    monkeypatch.setattr(prepare.time, "sleep", lambda seconds: None)
    if failures < calls:
        command.migrate()
    else:
        with pytest.raises(CommandError, match="The database refused: .*" + message):
            command.migrate()
    assert len(tried) == calls


@pytest.mark.django_db
def test_the_first_data_can_be_loaded_twice(command):
    for _ in range(2):
        call_command("load_reference", write=True, verbosity=0)
        call_command("load_published_kpi", verbosity=0)


def test_the_files_are_built_by_one_process_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(preparation, "ROOT", tmp_path)
    (tmp_path / "build").mkdir()
    with (tmp_path / "build" / "prepare.lock").open("w") as another:
        with preparation.alone(), pytest.raises(BlockingIOError):
            fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
