"""Who may ask the pages for anything: one reader on this machine, with the token.

Other users of the machine lack the token. Other pages in the reader's browser lack the
cookie, since it is never sent with what another site asks for; and a name that another
site points at this machine is no name of ours.
"""

from __future__ import annotations

import hashlib
import hmac
import html
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard"]

_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ENTRANCE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Arena</title>'
    '<link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url={0}">'
    '<a href="{0}">Go on</a></html>'
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _cookie_name(token: str) -> str:
    """Return the cookie's name.

    Each server has its own, since a browser shares cookies among ports of a host.
    """
    return f"arena-{hashlib.sha256(token.encode()).hexdigest()[:12]}"


class Guard:
    """Lets through what carries the token, and sets the headers of every answer.

    The token comes once in the address, as `?token=…`, and is exchanged for a cookie.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token
        self._cookie = _cookie_name(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._answer(Request(scope))
        await (refused or self._app)(scope, receive, send_safely)

    def _answer(self, request: Request) -> Response | None:
        """Return what is answered in place of the page, or None to go on."""
        if not _is_ours(request.headers):
            return _refusal("this server answers to names of this machine only")
        given = request.query_params.get("token")
        if given is not None and request.method == "GET":
            if not self._is_token(given):
                return _refusal("the token is of another server, or old")
            return self._enter(request)
        if not self._is_token(request.cookies.get(self._cookie, "")):
            return _refusal("open the address that `arena view` has printed")
        own = f"http://{request.headers['host']}"
        if request.method not in ("GET", "HEAD") and (
            request.headers.get("origin") != own
        ):
            return _refusal("this was sent by another page")
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _enter(self, request: Request) -> Response:
        """Give the cookie, on a page that goes on by itself.

        A redirect would not do: where a page of another site was clicked, as that of a
        terminal in the browser, the cookie only goes with what our own pages ask for.
        """
        path = request.scope["raw_path"].partition(b"?")[0].decode("latin-1")
        query = request.url.remove_query_params("token").query
        # Two slashes at the start, of either kind, would name another host.
        target = "/" + path.lstrip("/\\") + (f"?{query}" if query else "")
        answer = HTMLResponse(_ENTRANCE.format(html.escape(target)))
        answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
        return answer


def _is_ours(headers: Headers) -> bool:
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname in _LOOPBACK
    except ValueError:
        return False


def _refusal(why: str) -> Response:
    return PlainTextResponse(f"Refused: {why}.\n", status_code=403)
