"""Whoever tries the portal out finds an account for every role, and nobody else can read the passwords."""

import json
import stat

import pytest
from django.core.management import CommandError, call_command

from ecosystem import roles
from ecosystem.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    return tmp_path


def make(folder):
    call_command("make_demo_accounts", verbosity=0)
    return json.loads((folder / "demo-accounts.json").read_text())


def test_every_role_has_an_account_that_can_sign_in(folder, client):
    accounts = make(folder)
    assert {account["role"] for account in accounts} == {*roles.STAFF_ROLES, "admin", "founder"}
    assert [account["role"] for account in accounts].count(roles.PLANNER) == 2
    for account in accounts:
        assert client.login(email=account["email"], password=account["password"])
        user = User.objects.get(email=account["email"])
        assert user.emailaddress_set.filter(verified=True, primary=True).exists()
        assert user.is_superuser == (account["role"] == "admin")
        if account["role"] in roles.STAFF_ROLES:
            assert user.role_names == {account["role"]}


def test_the_file_is_readable_by_its_owner_only(folder):
    make(folder)
    assert stat.S_IMODE((folder / "demo-accounts.json").stat().st_mode) == 0o600


def test_passwords_differ_and_are_long(folder):
    passwords = {account["password"] for account in make(folder)}
    assert len(passwords) == 7
    assert min(map(len, passwords)) >= 12


def test_a_second_run_keeps_accounts_and_passwords(folder):
    first = make(folder)
    hashes = dict(User.objects.values_list("email", "password"))
    assert make(folder) == first
    assert dict(User.objects.values_list("email", "password")) == hashes


def test_a_file_open_to_others_is_closed_again(folder):
    first = make(folder)
    (folder / "demo-accounts.json").chmod(0o644)
    assert make(folder) == first
    assert stat.S_IMODE((folder / "demo-accounts.json").stat().st_mode) == 0o600


def test_a_lost_or_broken_file_gets_new_passwords_that_work(folder, client):
    first = make(folder)
    (folder / "demo-accounts.json").write_text("{broken")
    second = make(folder)
    assert first != second
    assert all(client.login(email=one["email"], password=one["password"]) for one in second)


def test_outside_demo_mode_it_refuses(settings, tmp_path):
    settings.DEMO = False
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError, match="MALANGKRAF_DEMO"):
        call_command("make_demo_accounts")
    assert not User.objects.exists()
    assert not (tmp_path / "demo-accounts.json").exists()
