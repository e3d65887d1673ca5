"""Who may come in: the addresses by which the page may be called, its token, forms of its own alone, size of uploads.

Everything that reaches the application has passed here. A page of another site can neither read nor send anything: its
requests bear another ``Host`` (a name that was made to lead here) or another ``Origin``, and no token.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: of the pages: scripts and styles of ours, nothing of anybody else
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: of documents of a result: on their own, framed by us alone, without our name and cookies
FRAMED = "sandbox allow-scripts allow-downloads; frame-ancestors 'self'"

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
COOKIE = "redesaude"
#: paths that anybody may ask for, at the right address: ``/open`` looks at the token itself
OPEN_PATHS = ("/health", "/login", "/open", "/static/site.css")
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True)
class Rules:
    """What is let in: ``hosts`` (with their port), the ``token`` that is asked for, and bodies of ``most`` bytes.

    ``login``: whether who has no token is sent to type the password.
    """

    hosts: frozenset[str]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    most: int = 101_000_000
    login: bool = False


def hosts_of(names: Iterable[str], port: int) -> frozenset[str]:
    """Return what the header ``Host`` may say where the page is called by these names."""
    return frozenset(f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in names) | frozenset(
        name.lower() for name in names if port in (80, 443)
    )


class Guard:
    """Lets in what keeps the rules, and has every answer state what a browser may do with it."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no websockets here
            raise RuntimeError(f"no {scope['type']} here")
        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        guarded = _with_headers(send)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        await self._app(scope, _limited(receive, self._rules.most), guarded)

    def _refused(self, scope: Scope, headers: Headers) -> PlainTextResponse | RedirectResponse | None:
        """The answer to what is not let in; None: it is."""
        rules = self._rules
        if headers.get("host", "").lower() not in rules.hosts:
            return PlainTextResponse("unknown host", 421)
        if scope["method"] not in _SAFE and not self._from_here(headers):
            return PlainTextResponse("this form is not of this page", 403)
        if int(_digits(headers.get("content-length", "0"))) > rules.most:
            return PlainTextResponse("too large", 413)
        if scope["path"] in OPEN_PATHS or self._known(headers):
            return None
        if rules.login and scope["method"] in _SAFE and not scope["path"].startswith("/api/"):
            return RedirectResponse("/login", 303)
        return PlainTextResponse("open the page by the address that redesaude serve told", 401)

    def _from_here(self, headers: Headers) -> bool:
        """Whether what changes something was sent by a page of ours, or by a program that has the token."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        if origin is None:
            return site == "same-origin" and _bearer(headers) != ""
        scheme, _, host = origin.lower().partition("://")
        return scheme in ("http", "https") and host == headers.get("host", "").lower() and site == "same-origin"

    def _known(self, headers: Headers) -> bool:
        return any(same(text, self._rules.token) for text in (_bearer(headers), _cookie(headers)) if text)


def same(text: str, secret: str) -> bool:
    """Whether both are the same, found in a time that tells nothing of where they differ."""
    return secrets.compare_digest(text.encode(), secret.encode())


def _bearer(headers: Headers) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 20 else "9" * 19


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("content-security-policy", POLICY)
        await send(message)

    return sent


def _limited(receive: Receive, most: int) -> Receive:
    """Have a body that states no length end where it is too long."""
    left = most

    async def received() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            return {"type": "http.disconnect"}
        return message

    return received
