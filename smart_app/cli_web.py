"""The command line, its part for the web application: demo, serve, register, and making secrets."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path
from typing import NoReturn

import click
from cryptography.fernet import Fernet

SERVE_THREADS = 8
PORT = click.IntRange(1, 65535)


@click.command("demo")
@click.option(
    "--charts",
    type=click.Path(exists=True, file_okay=False),
    help="A folder of FHIR Bundles (JSON or NDJSON) instead of the practice patients.",
)
@click.option(
    "--ehr-port",
    type=PORT,
    default=8765,
    show_default=True,
    help="Port of the practice EHR; another one is taken if it is in use.",
)
@click.option(
    "--app-port",
    type=PORT,
    default=8766,
    show_default=True,
    help="Port of the app; another one is taken if it is in use.",
)
@click.option("--once", is_flag=True, help="Do the launch, print the coded patient, and end.")
def demo_command(charts: str | None, ehr_port: int, app_port: int, once: bool) -> None:
    """A practice EHR and the app on this machine: prints one coded patient and where to click."""
    from smart_app import demo

    if ehr_port == app_port:
        raise click.UsageError(
            "The practice EHR and the app need a port each; give --ehr-port and --app-port two numbers."
        )
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        loaded = demo.load_charts(charts) if charts else None
        with demo.running(loaded, ehr_port, app_port) as both:
            demo.launch_once(both)
            click.echo(demo.coded_page(both), nl=False)
            click.echo("That was one whole launch: practice EHR, authorization, chart read over FHIR, lines.\n")
            click.echo(f"  Practice EHR   {both.ehr}/      choose a patient; the app opens inside the chart")
            click.echo(f"  The app        {both.app}/      by itself, and all rule cards at {both.app}/rules/")
            if once:
                return
            click.echo("\nCtrl-C ends both.")
            stop.wait()
    except demo.DemoError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        pass
    click.echo("\nBoth servers are stopped.")


@click.command("serve")
@click.option(
    "--config", "path", default="chairtime.toml", show_default=True, help="The installation (TOML; see README)."
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8080, show_default=True)
@click.option("--check", is_flag=True, help="Only check the installation.")
def serve_command(path: str, host: str, port: int, check: bool) -> None:
    """The app for an EHR, behind a proxy that speaks HTTPS. Refuses to start while anything is missing, and says what."""
    from waitress import create_server

    from smart_app.application import build
    from smart_app.config import ConfigError, load
    from smart_app.store import StoreFault
    from smart_app.uploads import MOST

    try:
        config = load(path)
    except ConfigError as error:
        click.echo("chairtime: the app does not start; this is missing or wrong:", err=True)
        for fault in error.faults:
            click.echo(f"  - {fault}", err=True)
        sys.exit(3)
    click.echo(f"Chairtime for {config.base_url}, store {config.store}")
    click.echo(f"  audit    {config.audit_file or 'no record is kept: audit_file is not set'}")
    if config.unanswered_file:
        click.echo(f"  panel    what it could not answer is kept in {config.unanswered_file}, without patient data")
    for issuer in config.issuers.all():
        frames = ", ".join(issuer.frame_ancestors) or "no frame: it opens in a window of its own"
        click.echo(f"  {issuer.name:8} {issuer.iss} ({issuer.client_type}), shown in {frames}")
    if config.base_url.startswith("http://"):
        click.echo("  plain HTTP: for trying on this machine only, never for real charts")
    if check:
        return
    try:
        app = build(config)
    except (StoreFault, OSError, sqlite3.Error) as error:
        _fail(f"the store {config.store} cannot be used: {error}")
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=SERVE_THREADS,
            ident=None,
            max_request_body_size=2 * MOST,
            inbuf_overflow=2 * MOST,  # what is uploaded, and what is answered, waits in memory, not in a file
            outbuf_overflow=2 * MOST,
        )
    except (OSError, ValueError) as error:
        _fail(f"port {port} on {host} cannot be used: {error}. Choose others with --host and --port.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager's stop ends as Ctrl-C does
    click.echo(f"It answers at http://{host}:{port}; Ctrl-C or SIGTERM ends it.")
    server.run()
    server.close()
    click.echo("Chairtime is stopped.")


@click.command("register")
@click.argument("ehr", required=False)
@click.option("--base-url", default="https://chairtime.example.org", show_default=True, help="The address of your app.")
def register_command(ehr: str | None, base_url: str) -> None:
    """Print the registration sheet of an EHR: epic, oracle or smart-launcher."""
    from smart_app.config_faults import address_faults
    from smart_app.register import SHEETS, sheet

    if ehr is None:
        click.echo(f"Sheets: {', '.join(SHEETS)}")
        return
    if ehr not in SHEETS:
        raise click.UsageError(f"There is no sheet for {ehr!r}; there are {', '.join(SHEETS)}.")
    base_url = base_url.rstrip("/")
    if faults := address_faults(base_url):
        raise click.UsageError(faults[0])
    click.echo(sheet(ehr, base_url).rstrip())


@click.command("secret")
def secret_command() -> None:
    """Print a new key for CHAIRTIME_SECRET."""
    click.echo(Fernet.generate_key().decode())


@click.command("keys")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option(
    "--rotate", is_flag=True, help="Add new keys to FILE and keep the old ones published until the next rotation."
)
def keys_command(file: str, rotate: bool) -> None:
    """Make the app's private keys in FILE (private_key_jwt)."""
    from launch.keys import Keys

    path = Path(file)
    if path.exists() != rotate:
        there = f"{file} exists already; --rotate adds new keys to it."
        raise click.UsageError(there if path.exists() else f"{file} does not exist yet; leave out --rotate.")
    try:
        keys = Keys.load(path.read_text(encoding="utf-8")).rotate() if rotate else Keys.generate()
        _write_private(path, keys.dump())
    except OSError as error:
        _fail(f"{file} cannot be written: {error.strerror}. Name a file in a folder that you may write.")
    except ValueError as error:
        _fail(f"{file}: {error}")
    click.echo(
        f"{file}: {len(keys.jwks()['keys'])} public keys, served at /.well-known/jwks.json once the app is started with it."
    )
    if rotate:
        click.echo(
            "Start the app again to sign with the new keys. EHRs that keep a copy of the old key set need time to fetch it."
        )


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and for nobody else to read: keys that are lost half way must be registered anew."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _fail(says: str) -> NoReturn:
    click.echo(f"chairtime: {says}", err=True)
    sys.exit(3)


COMMANDS = (demo_command, serve_command, register_command, secret_command, keys_command)
