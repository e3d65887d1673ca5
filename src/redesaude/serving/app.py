"""The application: pages, interface and files of ours behind the guard."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from redesaude.serving.desk import Desk
from redesaude.serving.home import UnknownError
from redesaude.serving.interface import interface
from redesaude.serving.pages import pages
from redesaude.serving.rendering import page
from redesaude.serving.safety import Guard

STATIC = Path(str(resources.files("redesaude.serving"))) / "static"


def application(desk: Desk) -> ASGIApp:
    """Return the application over a desk, guarded by its rules."""
    app = FastAPI(
        title="redesaude",
        summary="Check, run, read and ask scenarios of specialist care",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(interface(desk))
    app.include_router(pages(desk))
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.exception_handler(UnknownError)
    def unknown(request: Request, _: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"detail": "unknown"}, 404)
        return HTMLResponse(page(desk, request, "gone.html.j2"), 404)

    @app.exception_handler(RequestValidationError)
    def unread(_: Request, error: Exception) -> Response:
        wrong = error.errors() if isinstance(error, RequestValidationError) else []
        return JSONResponse({"detail": [f"{each['loc'][-1]}: {each['msg']}" for each in wrong]}, 422)

    return Guard(app, desk.rules)
