"""create_app: all the wiring, and no logic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config
from donations import runtime
from donations.content.offers import load_offers
from donations.content.origins import load_origins
from donations.follow_clock import FollowingClock
from donations.gateway.client import StripeGateway
from donations.gateway.protocol import Gateway
from donations.jobs.queue import Wakeup, make_huey
from donations.logs import configure_logging
from donations.models.database import db, engine_options
from donations.models.vault import Vault
from donations.paths import STATIC, TEMPLATES
from donations.runtime import Runtime, system_clock
from donations.services.tally import Tally
from donations.web import health, metrics, readers, staff
from donations.web.body_limits import install_body_limits
from donations.web.errors import install_errors
from donations.web.filters import install_filters
from donations.web.headers import install_headers
from donations.web.language import install_language
from donations.web.policy import policy_of
from donations.web.readers.visits import install_visits
from donations.web.request_log import install_request_log
from donations.web.site import Site
from donations.web.stripe_webhook import install_stripe_webhook

_LARGEST_FORM = 64 * 1024


def create_app(
    config: Config,
    *,
    gateway: Gateway | None = None,
    wake_worker: Callable[[], None] | None = None,
    now: Callable[[], datetime] | None = None,
    tally: Tally | None = None,
) -> Flask:
    """The application for one configuration. `gateway`, `wake_worker` and the clock may be handed in,
    with a gateway the tally that it counts in."""
    tally = tally or Tally()
    configure_logging(config)
    app = Site("donations", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.from_mapping(_flask_settings(config))
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    offers = load_offers(config.offers_file)
    runtime.install(
        app,
        Runtime(
            config=config,
            gateway=gateway or _gateway(config, tally),
            vault=Vault(config.master_keys),
            offers=offers,
            wake_worker=wake_worker or Wakeup(make_huey(config.queue_url)),
            now=now or _clock(config),
            tally=tally,
        ),
    )
    _install_web(app, config)
    install_visits(app, load_origins(offers, config.origins_file))
    return app


def _gateway(config: Config, tally: Tally) -> StripeGateway:
    return StripeGateway(config.stripe_secret_key, config.stripe_api_base, observe=tally.note_call)


def _clock(config: Config) -> Callable[[], datetime]:
    """Where the sandbox stands in for Stripe, it also says what time it is."""
    return FollowingClock(config.stripe_api_base) if config.uses_sandbox else system_clock


def _install_web(app: Flask, config: Config) -> None:
    if config.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxy_hops, x_proto=0)
    install_request_log(app)
    install_body_limits(app)
    install_stripe_webhook(app)
    # After what answers before Flask, so that no answer goes out without them.
    install_headers(app, config)
    install_errors(app)
    install_filters(app)
    install_language(app)
    for area in (readers, staff, health, metrics):
        app.register_blueprint(area.blueprint)
    _protect_forms(app)


def _protect_forms(app: Flask) -> None:
    """Session CSRF for every view, but for those that declare another protection."""
    csrf = CSRFProtect(app)
    for endpoint, view in app.view_functions.items():
        policy = policy_of(app, endpoint)
        if policy is not None and policy.csrf in {"nonce", "signature"}:
            csrf.exempt(view)


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_ENGINES": {"default": engine_options(config.database_url)},
        "MAX_CONTENT_LENGTH": _LARGEST_FORM,
        "MAX_FORM_MEMORY_SIZE": _LARGEST_FORM,
        "SESSION_COOKIE_NAME": "__Host-session" if config.is_served_over_https else "session",
        "SESSION_COOKIE_SECURE": config.is_served_over_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
    }
