"""Command serve: the page on this machine, or, with a password, for others."""

from __future__ import annotations

import getpass
import ipaddress
import socket
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from redesaude.cli.common import Exit, demo_workbook, fail, language_of
from redesaude.cli.options import Serving
from redesaude.cli.terminal import console
from redesaude.errors import reason_of
from redesaude.language import N_, Translator, translator

if TYPE_CHECKING:
    from redesaude.serving.passwords import Password

#: what the extra [web] brings
_WEB = ("argon2", "fastapi", "python_multipart", "starlette", "uvicorn")
_NEEDS_WEB = N_("The page needs more packages: pip install 'redesaude[web]'")
_NEEDS_PASSWORD = N_(
    "--host {host}: others can reach that address. It needs a password: redesaude serve --new-password "
    "--password-file FILE, and then --password-file FILE."
)
_TLS = N_(
    "Others can reach this page: put a server with TLS (https) before it, for without it whoever listens reads the "
    "password and the plans."
)
_NO_PASSWORD = N_("{file} holds no hash of a password; write it with --new-password")
_SHORT = N_("A password has at least {least} letters.")
_DIFFERENT = N_("Both are not the same.")
_WRITTEN = N_("The hash of the password is in {file}.")
_WHERE = N_("name the file: --password-file FILE")
_TAKEN = N_("Another redesaude serve runs in {folder}; use its page, or another folder with --data.")
_PORT = N_("Nothing can listen at {host}, port {port}: {reason}")
_OPEN = N_("Open this address; it is the key to the page: {address}")
_FOLDER = N_("Everything is kept in {folder}; copying that folder is a back-up.")
_END = N_("Ctrl-C ends the page; what is being searched goes on, and is found again.")


def run(serving: Serving) -> Exit:
    """Serve until Ctrl-C."""
    say = translator(language_of(serving.lang))
    try:
        import uvicorn

        from redesaude.serving.app import application
        from redesaude.serving.desk import desk_at
        from redesaude.serving.safety import Rules, hosts_of
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _WEB:
            raise
        fail(say(_NEEDS_WEB))
    if serving.new_password:
        return _new_password(serving.password_file, say)
    password = _password(serving, say)
    listening = _listen(serving, say)
    port = int(listening.getsockname()[1])
    names = [*filter(None, (name.strip().lower() for name in serving.name.split(","))), serving.host]
    hosts = hosts_of([*names, "127.0.0.1", "localhost", "::1"] if _is_loopback(serving.host) else names, port)
    rules = Rules(hosts | {name for name in names if serving.name}, login=password is not None)
    root = (serving.data or Path.home() / "redesaude").resolve()
    others = {"password": password, "language": say.language}
    desk = desk_at(root, rules, demo_workbook(), watched=serving.watch, cores=serving.cores, **others)
    if desk is None:
        fail(say(_TAKEN, folder=root))
    address = f"http://{_shown(serving.host)}:{port}/"
    address += "" if password else f"open?token={rules.token}"
    for text in (say(_OPEN, address=address), say(_FOLDER, folder=root), say(_END), *([say(_TLS)] if password else [])):
        console.print(text, soft_wrap=True, highlight=False)
    server = uvicorn.Server(
        uvicorn.Config(
            application(desk), access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=1
        )
    )
    desk.begin()
    if serving.browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    try:
        server.run(sockets=[listening])
    finally:
        desk.leave()
    return Exit.PLAN


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _password(serving: Serving, say: Translator) -> Password | None:
    """The password of the page; None at an address of this machine alone."""
    from redesaude.serving.passwords import Password

    if serving.password_file is None:
        if not _is_loopback(serving.host):
            fail(say(_NEEDS_PASSWORD, host=serving.host))
        return None
    try:
        return Password(serving.password_file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        fail(say(_NO_PASSWORD, file=serving.password_file))


def _new_password(file: Path | None, say: Translator) -> Exit:
    from redesaude.serving.passwords import LEAST, write_password

    if file is None:
        fail(say(_WHERE))
    first, second = (getpass.getpass(f"{say(N_('Password'))}: ") for _ in range(2))
    if first != second:
        fail(say(_DIFFERENT))
    try:
        write_password(file, first)
    except ValueError:
        fail(say(_SHORT, least=LEAST))
    console.print(say(_WRITTEN, file=file), soft_wrap=True, highlight=False)
    return Exit.PLAN


def _listen(serving: Serving, say: Translator) -> socket.socket:
    """The socket at which the page is served: taken before anything is told of it."""
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((serving.host, serving.port))
        listening.listen(128)  # from here on a browser that comes early waits
    except OSError as error:
        fail(say(_PORT, host=serving.host, port=serving.port, reason=reason_of(error)))
    return listening
