"""The environment that `make run` makes, and the one line for each reason why it cannot."""

import ast
import fcntl
import json
import os
import subprocess
import sys

import pytest

from malangkraf import bootstrap
from tests.patience import wait_until

RESOLVER = "ERROR: Could not find a version that satisfies the requirement granian==2.8.7\n"


@pytest.fixture
def environment(tmp_path):
    for name in bootstrap.LOCKS.values():
        (tmp_path / name).write_text("# nothing to install\n")
    return bootstrap.Environment(tmp_path)


def pretend(environment, kind, *, exit_code=0):
    """Make a finished environment whose Python does nothing, so that no real one has to be made."""
    environment.python.parent.mkdir(parents=True)
    environment.python.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    environment.python.chmod(0o755)
    environment.write_stamp(kind)


def test_an_old_python_without_a_newer_one_beside_it_gets_one_line():
    with pytest.raises(
        bootstrap.BootstrapError, match="Python 3.11 or newer is needed, this is 3.9"
    ) as caught:
        bootstrap.check_python((3, 9), lambda name: None)
    assert "\n" not in str(caught.value)


def test_an_old_python_hands_over_to_a_newer_one():
    assert bootstrap.check_python((3, 8), {"python3.12": "/usr/bin/python3.12"}.get) == "/usr/bin/python3.12"
    assert bootstrap.check_python((3, 11), lambda name: None) is None


def test_an_old_python_can_read_the_file_at_all():
    source = (bootstrap.ROOT / "malangkraf" / "bootstrap.py").read_text()
    ast.parse(source, feature_version=(3, 8))


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        (
            f"{RESOLVER}ERROR: No matching distribution found for granian==2.8.7",
            "granian==2.8.7 has no package for",
        ),
        (
            "  error: command 'gcc' failed: No such file\n  ERROR: Failed building wheel for brotli",
            "brotli has no ready",
        ),
        ("ERROR: Failed building wheel for brotli", "needs a C compiler"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "differs from the one in the lock",
        ),
        (
            "WARNING: Retrying: NewConnectionError(...)\n"
            + RESOLVER
            + "No matching distribution found for x",
            "reached",
        ),
        ("ERROR: Could not install: [Errno 13] Permission denied: '/x'", "cannot be written"),
        ("something\nERROR: pip is puzzled\nnotice", "pip failed: ERROR: pip is puzzled"),
        ("", "pip failed: no reason given"),
    ],
)
def test_what_pip_says_becomes_one_line(output, line):
    said = bootstrap.explain_pip(output)
    assert line in said
    assert "\n" not in said


def test_a_half_made_environment_is_made_anew_and_then_good(environment, capsys):
    (environment.folder / "bin").mkdir(parents=True)
    (environment.folder / "bin" / "leftover").touch()
    environment.ensure("runtime")
    assert "half-made" in capsys.readouterr().out
    assert not (environment.folder / "bin" / "leftover").exists()
    assert environment.is_ready("runtime")
    assert not environment.is_ready("dev")
    environment.ensure("runtime")
    assert capsys.readouterr().out == ""


def test_the_environment_for_developers_counts_as_good_and_stays_one(environment):
    pretend(environment, "dev")
    assert environment.is_ready("runtime")
    environment.root.joinpath("requirements.txt").write_text("# changed\n")
    environment.root.joinpath("requirements-dev.txt").write_text("# changed\n")
    assert not environment.is_ready("runtime")
    environment.ensure("runtime")
    assert environment.is_ready("dev")


def test_a_moved_environment_is_not_trusted(environment, tmp_path_factory):
    pretend(environment, "runtime")
    elsewhere = tmp_path_factory.mktemp("moved") / "project"
    environment.root.rename(elsewhere)
    assert not bootstrap.Environment(elsewhere).is_ready("runtime")


def test_an_interrupted_installation_leaves_no_stamp(environment):
    pretend(environment, "runtime", exit_code=1)
    environment.root.joinpath("requirements.txt").write_text("# changed\n")
    with pytest.raises(bootstrap.BootstrapError) as caught:
        environment.ensure("runtime")
    assert "\n" not in str(caught.value)
    assert environment.read_stamp() == {}


def test_who_comes_while_pip_of_a_killed_command_still_works_waits_for_it(environment, tmp_path):
    pretend(environment, "runtime")
    door, said = tmp_path / "door", tmp_path / "said"
    os.mkfifo(door)
    environment.python.write_text(f"#!/bin/sh\ntouch {door}.reached\nread line < {door}\n")
    environment.root.joinpath("requirements.txt").write_text("# changed\n")
    ensure = (
        "import sys, pathlib, bootstrap; bootstrap.Environment(pathlib.Path(sys.argv[1])).ensure('runtime')"
    )
    command = [sys.executable, "-c", ensure, str(environment.root)]
    place = bootstrap.ROOT / "malangkraf"
    with subprocess.Popen(command, cwd=place) as first:
        wait_until(door.with_suffix(".reached").exists, seconds=20, what="pip")
        first.kill()
    assert environment.read_stamp() == {}
    with said.open("w") as output, subprocess.Popen(command, cwd=place, stdout=output) as second:
        wait_until(lambda: "waiting for it" in said.read_text(), seconds=20, what="the line that says why")
        second.kill()
    door.write_text("go on\n")
    with (environment.root / "build" / "environment.lock").open("w") as lock:
        wait_until(lambda: is_free(lock), seconds=20, what="the end of pip")


def is_free(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def test_a_python_without_venv_gets_one_line(environment, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(bootstrap.BootstrapError, match="apt-get install python3-venv"):
        environment.ensure("runtime")


def test_a_folder_that_cannot_be_written_gets_one_line(environment):
    (environment.root / "build").write_text("a file where a folder must be")
    with pytest.raises(bootstrap.BootstrapError, match="cannot be written"):
        environment.ensure("runtime")


def test_a_broken_stamp_is_no_stamp(environment):
    pretend(environment, "runtime")
    for text in ("", "[]", json.dumps({"python": "another"})):
        environment.stamp.write_text(text)
        assert environment.read_stamp() == {}


def test_the_real_environment_is_found_ready_without_a_word():
    answer = subprocess.run(
        [sys.executable, "-I", "malangkraf/bootstrap.py", "runtime"],
        capture_output=True,
        text=True,
        cwd=bootstrap.ROOT,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
