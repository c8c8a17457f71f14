"""`make manage`: the command line beside a running portal and without one."""

import subprocess
import sys

from malangkraf import commandline, preparation
from malangkraf.datafolder import DataFolder
from tests.malangkraf.test_supervisor import clean_environment


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "malangkraf.commandline", *arguments],
        cwd=preparation.ROOT,
        env=clean_environment(DATA_DIR=folder),
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_portal_the_services_run_for_one_command_and_the_data_stays(tmp_path):
    made = run(tmp_path, "migrate", "--verbosity", "0")
    assert made.returncode == 0, made.stderr
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()
    asked = run(tmp_path, "migrate", "--check")
    assert asked.returncode == 0, asked.stderr
    assert run(tmp_path, "import_kpi", str(tmp_path / "tidak-ada.csv")).returncode == 1
    assert not commandline.is_running(DataFolder(tmp_path))


def test_a_folder_that_a_portal_holds_is_seen_and_its_broker_is_used(tmp_path):
    data = DataFolder(tmp_path)
    data.make()
    (tmp_path / "valkey").mkdir()
    (tmp_path / "valkey" / "valkey.conf").write_text("bind 127.0.0.1\nport 4711\nrequirepass rahasia\n")
    environment = {"DATABASE_URL": "postgresql://elsewhere/x"}
    with data.lock():
        assert commandline.is_running(data)
        with commandline.services(data, environment):
            assert environment["REDIS_URL"] == "redis://:rahasia@127.0.0.1:4711/0"
            assert environment["DATABASE_URL"] == "postgresql://elsewhere/x"
    assert not commandline.is_running(data)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "berkas").write_text("")
    answer = run(tmp_path / "berkas" / "data", "check")
    assert answer.returncode == 1
    assert "cannot be written" in answer.stderr
    assert "Traceback" not in answer.stderr
