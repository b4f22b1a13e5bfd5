"""The web commands as an operator runs them: real processes, real ports, real files."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from launch.keys import Keys
from smart_app.cli import main
from tests.app.installation import EPIC, GOOD, environment, install

CHAIRTIME = (sys.executable, "-m", "smart_app.cli")
ROOT = Path(__file__).parents[2]


def run(*words: str, **more: str) -> Result:
    return CliRunner().invoke(main, words, env=environment(**more))


def started(*words: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*CHAIRTIME, *words],
        cwd=ROOT,
        env=environment(PYTHONUNBUFFERED="1", **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


def ended(process: subprocess.Popen[str], by: signal.Signals) -> str:
    process.send_signal(by)
    rest, _ = process.communicate(timeout=10)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    return rest


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_serve_answers_and_ends_cleanly_on_sigterm(tmp_path: Path, port: int) -> None:
    process = started("serve", "--config", str(install(tmp_path)), "--port", str(port))
    try:
        said = read_until(process, "It answers at")
        assert "epic" in said and "shown in https://mpages.hospital.example" in said
        base = f"http://127.0.0.1:{port}"
        assert requests.get(f"{base}/health", timeout=5).text == "ok"
        page = requests.get(f"{base}/standalone", timeout=5)
        assert page.status_code == 200 and "epic" in page.text
        assert "frame-ancestors 'self' https://hyperdrive" in page.headers["Content-Security-Policy"]
        assert "Server" not in page.headers
        published = requests.get(f"{base}/.well-known/jwks.json", timeout=5)
        assert {key["alg"] for key in published.json()["keys"]} == {"RS384", "ES384"}
        assert not [key for key in published.json()["keys"] if {"d", "p", "q"} & set(key)]
        busy = run("serve", "--config", str(tmp_path / "chairtime.toml"), "--port", str(port))
        assert busy.exit_code == 3 and f"port {port} on 127.0.0.1 cannot be used" in busy.stderr
        assert "Chairtime is stopped." in ended(process, signal.SIGTERM)
    finally:
        process.kill()
    assert (tmp_path / "launches.sqlite").stat().st_mode & 0o777 == 0o600


def test_serve_refuses_to_start_and_lists_every_fault(tmp_path: Path) -> None:
    text = (GOOD + EPIC).replace("https://chairtime", "http://chairtime").replace("keys.json", "none.json")
    for words in ((), ("--check",)):
        refused = run("serve", "--config", str(install(tmp_path, text)), *words, CHAIRTIME_SECRET="")
        assert refused.exit_code == 3
        assert [line.split()[1] for line in refused.stderr.splitlines()[1:]] == [
            "base_url",
            "CHAIRTIME_SECRET",
            "keys_file",
        ]


def test_serve_without_a_configuration_says_so() -> None:
    refused = run("serve", "--config", "/no/such/file.toml")
    assert refused.exit_code == 3
    assert "/no/such/file.toml cannot be read: No such file or directory. Name it with --config." in refused.stderr


def test_check_tells_what_was_read_and_makes_nothing(tmp_path: Path) -> None:
    path = install(tmp_path)
    before = sorted(tmp_path.iterdir())
    checked = run("serve", "--check", "--config", str(path))
    assert checked.exit_code == 0, checked.output
    assert "oracle" in checked.stdout and "symmetric" in checked.stdout and "audit.ndjson" in checked.stdout
    assert sorted(tmp_path.iterdir()) == before


def test_check_says_where_no_audit_is_kept_and_no_frame_allowed(tmp_path: Path) -> None:
    kept = [line for line in (GOOD + EPIC).splitlines() if not line.startswith(("audit_file", "frame_ancestors"))]
    checked = run("serve", "--check", "--config", str(install(tmp_path, "\n".join(kept))))
    assert "no record is kept" in checked.stdout and "no frame" in checked.stdout


@pytest.mark.parametrize(
    ("ehr", "words"),
    [
        ("epic", ["Endpoint URI", "SMART v2", "JWK Set", "patient/MedicationAdministration.rs", "launch/patient"]),
        ("oracle", ["Redirect URI", 'trust_hosts = ["authorization.cerner.com"]', "15 minutes", "port 443"]),
        ("smart-launcher", ["proves nothing"]),
    ],
)
def test_a_registration_sheet_gives_the_addresses_of_this_app(ehr: str, words: list[str]) -> None:
    printed = run("register", ehr, "--base-url", "https://infusion.example/")
    assert printed.exit_code == 0
    assert printed.stdout.endswith("\n") and not printed.stdout.endswith("\n\n")
    for said in ("https://infusion.example/callback", "https://infusion.example/launch", *words):
        assert said in printed.stdout, said


def test_an_ehr_without_a_sheet_or_a_useless_address_is_a_wrong_call() -> None:
    unknown = run("register", "unknown")
    assert unknown.exit_code == 2 and "epic, oracle, smart-launcher" in unknown.stderr
    assert run("register", "epic", "--base-url", "http://infusion.example").exit_code == 2
    assert "epic" in run("register").stdout


def test_a_new_secret_is_a_key_that_serve_takes(tmp_path: Path) -> None:
    one, other = run("secret").stdout.strip(), run("secret").stdout.strip()
    assert one != other
    assert run("serve", "--check", "--config", str(install(tmp_path)), CHAIRTIME_SECRET=one).exit_code == 0


def test_keys_are_private_and_a_rotation_keeps_the_old_ones_published(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    assert run("keys", str(file), "--rotate").exit_code == 2
    assert run("keys", str(file)).exit_code == 0
    old = Keys.load(file.read_text()).jwks()["keys"]
    assert run("keys", str(file)).exit_code == 2
    os.chmod(file, 0o644)
    rotated = run("keys", str(file), "--rotate")
    assert rotated.exit_code == 0 and "Start the app again" in rotated.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    new = Keys.load(file.read_text()).jwks()["keys"]
    assert len(new) == 4 and [key for key in new if key in old] == old
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_keys_that_cannot_be_written_or_read_are_a_sentence(tmp_path: Path) -> None:
    nowhere = run("keys", str(tmp_path / "none" / "keys.json"))
    assert nowhere.exit_code == 3 and "Name a file in a folder that you may write" in nowhere.stderr
    broken = tmp_path / "keys.json"
    broken.write_text(json.dumps({"keys": []}))
    refused = run("keys", str(broken), "--rotate")
    assert refused.exit_code == 3 and "private RS384" in refused.stderr
    assert broken.read_text() == '{"keys": []}'


def test_demo_once_prints_the_lines_and_ends_though_its_ports_are_in_use() -> None:
    with socket.socket() as ehr, socket.socket() as app:
        taken = []
        for busy in (ehr, app):
            busy.bind(("127.0.0.1", 0))
            busy.listen()
            taken.append(str(busy.getsockname()[1]))
        done = subprocess.run(
            [*CHAIRTIME, "demo", "--once", "--ehr-port", taken[0], "--app-port", taken[1]],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode == 0, done.stderr
    assert "96365" in done.stdout and "one whole launch" in done.stdout
    assert not [one for one in taken if f":{one}/" in done.stdout]
    assert done.stderr == ""


def test_demo_with_one_port_for_two_servers_is_a_wrong_call() -> None:
    refused = run("demo", "--ehr-port", "8765", "--app-port", "8765")
    assert refused.exit_code == 2 and "need a port each" in refused.stderr


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_demo_ends_cleanly_on_either_signal(by: signal.Signals) -> None:
    with socket.socket() as ehr, socket.socket() as app:
        ehr.bind(("127.0.0.1", 0))
        app.bind(("127.0.0.1", 0))
        free = (str(ehr.getsockname()[1]), str(app.getsockname()[1]))
    process = started("demo", "--ehr-port", free[0], "--app-port", free[1])
    try:
        read_until(process, "Ctrl-C ends both.")
        assert "Both servers are stopped." in ended(process, by)
    finally:
        process.kill()
