"""A whole installation in a folder, good until a test spoils it: chairtime.toml, keys, and the environment."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet

from launch.keys import Keys

SECRET = Fernet.generate_key().decode()
GOOD = """
base_url = "https://chairtime.example.org"
store = "{folder}/launches.sqlite"
keys_file = "{folder}/keys.json"
audit_file = "{folder}/audit.ndjson"
zone = "America/Chicago"
"""
EPIC = """
[[issuer]]
name = "epic"
iss = "https://epic.hospital.example/interconnect-prd/api/FHIR/R4"
client_id = "11111111-2222-3333-4444-555555555555"
client_type = "asymmetric"
frame_ancestors = ["https://hyperdrive.hospital.example"]
"""
ORACLE = """
[[issuer]]
name = "oracle"
iss = "https://fhir-ehr.cerner.com/r4/ec2458f2-1e24-41c8-b71b-0e701af7583d"
client_id = "66666666-7777-8888-9999-000000000000"
client_type = "symmetric"
client_secret_variable = "ORACLE_CLIENT_SECRET"
frame_ancestors = ["https://mpages.hospital.example"]
trust_hosts = ["authorization.cerner.com"]
"""


@cache
def keys() -> str:
    """Keys as a file holds them; made once, for RSA takes its time."""
    return Keys.generate().dump()


def environment(**more: str) -> dict[str, str]:
    """What a service manager would set."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CHAIRTIME_")}
    return {**kept, "CHAIRTIME_SECRET": SECRET, "ORACLE_CLIENT_SECRET": "a secret of Oracle's", **more}


def install(folder: Path, text: str = GOOD + EPIC + ORACLE) -> Path:
    """The configuration and keys in a folder; the path of the configuration."""
    (folder / "keys.json").write_text(keys(), encoding="utf-8")
    path = folder / "chairtime.toml"
    path.write_text(text.replace("{folder}", str(folder)), encoding="utf-8")
    return path
