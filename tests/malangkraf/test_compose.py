"""docker-compose.yml says the same as `make run` and the settings."""

import re

import pytest
import yaml

from malangkraf import preparation, supervisor

TEXT = (preparation.ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(TEXT)["services"]
OURS = ("prepare", "web", "worker", "beat")


def test_each_part_starts_by_the_command_of_the_supervisor():
    for part in supervisor.COMMANDS:
        assert SERVICES[part]["command"] == ["python", "-m", "malangkraf.supervisor", "exec", part]
        assert SERVICES[part]["healthcheck"]["test"][1:] == [
            "python",
            "-m",
            "malangkraf.supervisor",
            "probe",
            part,
        ]
        assert SERVICES[part]["environment"]["MALANGKRAF_PROCESS"] == part


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"prepare"}))
def test_each_service_has_a_health_check_and_comes_back(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_our_containers_run_without_rights(name):
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def test_nothing_but_the_proxy_listens_to_the_world():
    open_ports = {name: service.get("ports", []) for name, service in SERVICES.items()}
    listening = {
        name for name, ports in open_ports.items() if any(not p.startswith("127.0.0.1:") for p in ports)
    }
    assert listening == {"proxy"}


@pytest.mark.parametrize(
    "name", ["POSTGRES_PASSWORD", "VALKEY_PASSWORD", "SECRET_KEY", "SITE_HOST", "EMAIL_URL"]
)
def test_a_missing_secret_stops_the_start_with_a_sentence(name):
    assert re.search(rf"\$\{{{name}:\?set {name} to ", TEXT)


def test_no_secret_stands_in_the_file():
    for line in re.findall(r".*(?:PASSWORD|SECRET_KEY|REDISCLI_AUTH).*", TEXT):
        assert "${" in line


def test_the_queue_is_kept_and_never_thrown_out():
    command = SERVICES["valkey"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_the_mail_catcher_starts_only_when_asked():
    assert SERVICES["mail"]["profiles"] == ["dev"]


def test_the_worker_listens_to_every_queue_that_tasks_are_sent_to(settings):
    command = supervisor.COMMANDS["worker"]
    queues = set(command[command.index("--queues") + 1].split(","))
    used = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {
        settings.CELERY_TASK_DEFAULT_QUEUE
    }
    assert used <= queues


def test_every_variable_for_our_parts_is_read_by_the_code():
    code = "".join(
        (preparation.ROOT / "malangkraf" / name).read_text()
        for name in ("settings.py", "environment.py", "supervisor.py", "datafolder.py")
    )
    for name in SERVICES["web"]["environment"]:
        # The keys of a bucket are read by boto3 itself.
        assert name.startswith("AWS_") or f'"{name}"' in code, name


def test_every_documented_variable_reaches_the_containers():
    table = (preparation.ROOT / "docs" / "operation.md").read_text().split("| Variable |")[1].split("\n\n")[0]
    documented = {
        name for cell in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", cell)
    }
    assert len(documented) > 20
    # The folder is the image's, the port the proxy's; the others are for developers and tests.
    elsewhere = {"DATA_DIR", "PORT", "DEBUG", "FETCH_TEST_ADDRESSES"}
    for name in OURS:
        assert documented - elsewhere <= set(SERVICES[name]["environment"]), name


def test_what_nobody_set_outside_stays_unset_inside():
    # A value of its own, even an empty one, would stand in the way of the portal's default.
    optional = {"MAP_TILES_URL", "MAP_TILES_ATTRIBUTION", "API_RATE", "DATABASE_POOL_SIZE", "LOG_LEVEL"}
    assert all(SERVICES["web"]["environment"][name] is None for name in optional)


def test_the_proxy_lets_the_portal_say_what_is_too_large(settings):
    caddy = (preparation.ROOT / "malangkraf" / "deploy" / "Caddyfile").read_text()
    assert int(re.search(r"max_size (\d+)MiB", caddy)[1]) * 1024**2 > settings.LARGEST_REQUEST


def test_the_access_log_holds_no_address_and_no_query():
    command = supervisor.COMMANDS["web"]
    log_format = command[command.index("--access-log-fmt") + 1]
    assert not re.search(r"%\((addr|query|header)", log_format)
