"""The sandbox as a Flask app, and as a server that a test or a command starts and stops."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flask import Flask, Response
from waitress import wasyncore
from waitress.server import create_server

from donations.sandbox.api import blueprint as api
from donations.sandbox.api import v2
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.idempotency import forget_unfinished
from donations.sandbox.clock import Clock
from donations.sandbox.loopback import check_loopback
from donations.sandbox.pages import checkout, controls, forms, hosted_invoice, people, portal
from donations.sandbox.settings import Settings
from donations.sandbox.store import Store
from donations.sandbox.ticker import Ticker
from donations.sandbox.webhooks import endpoints
from donations.sandbox.webhooks.sender import Sender
from donations.sandbox.world import World

_LARGEST_BODY = 1 << 20
_THREADS = 8


def open_world(settings: Settings) -> World:
    """Open the store of a data directory and pick up where the last start left off."""
    world = World(settings, Store(settings.data_dir / "sandbox.db"), Clock(), settings.base_url)
    world.clock.advance(world.recall("clock_offset", 0))
    forget_unfinished(world)
    endpoints.adopt_settings(world)
    return world


def create_sandbox(settings: Settings) -> Flask:
    """The sandbox's WSGI app, without its threads: nothing is delivered and nothing ticks."""
    return make_app(open_world(settings))


def make_app(world: World) -> Flask:
    app = Flask(
        __name__,
        template_folder=str(_templates()),
        static_folder="static",
        static_url_path="/_sandbox/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    for module in (api, v2, checkout, portal, hosted_invoice, controls):
        app.register_blueprint(module.make_blueprint(world))
    notices = forms.Notices()
    app.register_blueprint(people.make_blueprint(world, notices))
    app.register_blueprint(forms.make_blueprint(world, notices))
    app.register_error_handler(500, _say_that_it_failed)
    return app


def _say_that_it_failed(_: Exception) -> Response:
    """In Stripe's shape, so that even a mistake of ours reaches the SDK as an error of the API."""
    error = ApiError("The sandbox failed; its log says why.", status=500, type="api_error")
    return api.json_response(error.body(), 500)


def _templates() -> Path:
    """Inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    bundled = package / "_bundled" / "templates" / "sandbox"
    return bundled if bundled.is_dir() else package.parent / "templates" / "sandbox"


class SandboxServer:
    """The sandbox on a port of its own, with its threads. `port=0` in the settings takes a free one.

    A context manager; `base_url` is known before it starts.
    """

    def __init__(self, settings: Settings) -> None:
        check_loopback(settings.host)
        self._listener = socket.create_server((settings.host, settings.port))
        self.settings = replace(settings, port=self._listener.getsockname()[1])
        self.world = open_world(self.settings)
        self._sockets: dict[int, Any] = {}
        self._server: Any = create_server(
            make_app(self.world),
            map=self._sockets,
            sockets=[self._listener],
            threads=_THREADS,
            max_request_body_size=_LARGEST_BODY,
            asyncore_use_poll=True,
            ident="",
        )
        self._sender = Sender(self.world)
        self._ticker = Ticker(self.world)
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self.serve, name="sandbox-server", daemon=True)

    @property
    def base_url(self) -> str:
        return self.settings.base_url

    def start(self) -> Self:
        """Serve in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ask it to stop, and wait until the thread, if there is one, has."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def ask_to_stop(self) -> None:
        """Safe in a signal handler."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._server.pull_trigger()
            self._woken.set()

    def serve(self) -> None:
        """Serve in this thread until asked to stop, then close everything that was opened."""
        self._sender.start()
        self._ticker.start()
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1, use_poll=True, map=self._sockets, count=1)
        # The loop may see the flag before the trigger is pulled, which must not be closed by then.
        self._woken.wait()
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets)
        self._ticker.stop()
        self._sender.stop()
        self.world.store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
