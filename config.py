"""The configuration: one frozen value, read from the environment once, at the start.

Every setting has a working default in development, where secrets are generated and kept in
`INSTANCE_DIR`. In production nothing secret is invented: whatever is missing or wrong is named
in one list, and the start is refused.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from donations.environment import Values

STRIPE_API_BASE = "https://api.stripe.com"


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class StripeMode(StrEnum):
    TEST = "test"
    LIVE = "live"


class ConfigError(Exception):
    """The environment does not describe a service that may start. Lists every reason."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("The configuration is not usable:\n" + "\n".join(f"  - {p}" for p in problems))


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key that wraps the data keys of supporters. `id` is stored beside what it wrapped."""

    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    environment: Environment
    instance_dir: Path
    database_url: str = field(repr=False)
    queue_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    master_keys: tuple[MasterKey, ...]
    """Newest first: the first wraps, all open."""
    public_base_url: str
    """Scheme and host without a trailing slash; every link we send is built from it."""
    stripe_secret_key: str = field(repr=False)
    stripe_webhook_secrets: tuple[str, ...] = field(repr=False)
    """Several are accepted while one is being rotated; none closes the endpoint."""
    stripe_api_base: str
    stripe_mode: StripeMode
    stripe_calls_per_second: int
    """For looking at objects again, all workers together. Stripe allows 25 in test mode and 100 live."""
    metrics_token: str = field(repr=False)
    """What a collector of figures shows that does not run on this machine; empty where none may."""
    mail_url: str = field(repr=False)
    mail_from: str
    alert_email: str
    """Who is told that the work does not go on by itself; empty for nobody."""
    report_timezone: ZoneInfo
    host: str
    port: int
    proxy_hops: int
    """How many proxies of ours stand in front, whose word on the network we take. Nothing else is
    taken from them: links are built from `public_base_url`."""
    sandbox_port: int
    uses_sandbox: bool
    """Without a Stripe key, development starts its own stand-in for Stripe and uses that."""
    offers_file: Path | None
    safety_notice_file: Path | None
    origins_file: Path | None
    statement_descriptor: str
    """What the reader's bank statement shows, as set in Stripe's dashboard."""
    support_email: str
    publisher_name: str
    publisher_address: str
    """On receipts, on one line."""
    development_staff_password: str | None = field(repr=False)
    """The invented password of the staff login that development offers; None in production."""

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def is_served_over_https(self) -> bool:
        return self.public_base_url.startswith("https://")

    @property
    def stripe_page_origins(self) -> tuple[str, ...]:
        """The hosts that our forms may lead to: Stripe's two, and the sandbox where it stands in."""
        stripe = ("https://checkout.stripe.com", "https://billing.stripe.com")
        return stripe if self.stripe_api_base == STRIPE_API_BASE else (*stripe, self.stripe_api_base)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read and check the whole environment. Raises `ConfigError` naming every problem at once."""
        return _Reader(os.environ if environ is None else environ).read()


class _Reader(Values):
    """What each setting is called, what it may be, and what it is where nothing is said."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(environ)
        name = environ.get("DONATIONS_ENV", "development").strip()
        if name not in set(Environment):
            self.problems.append(f"DONATIONS_ENV must be development or production, not {name!r}.")
        self._production = name != Environment.DEVELOPMENT
        self._instance_dir = Path(environ.get("INSTANCE_DIR", "") or "instance").absolute()
        self._generated = {} if self._production else _development_secrets(self._instance_dir)

    def read(self) -> Config:
        host, port = self.text("HOST", "127.0.0.1"), self.port("PORT", 8000)
        sandbox_port = self.port("SANDBOX_PORT", 12111)
        mode = self._stripe_mode()
        uses_sandbox = not self._production and not self.text("STRIPE_SECRET_KEY", "")
        sandbox_base = f"http://127.0.0.1:{sandbox_port}"
        config = Config(
            environment=Environment.PRODUCTION if self._production else Environment.DEVELOPMENT,
            instance_dir=self._instance_dir,
            database_url=self._database_url(),
            queue_url=self.text("QUEUE_URL", f"sqlite:///{self._instance_dir / 'queue.db'}"),
            secret_key=self._secret_key(),
            master_keys=self._master_keys(),
            public_base_url=self._base_url(f"http://{host}:{port}"),
            stripe_secret_key=self._stripe_secret_key(mode),
            stripe_webhook_secrets=self._webhook_secrets(uses_sandbox=uses_sandbox),
            stripe_api_base=self.url("STRIPE_API_BASE", sandbox_base if uses_sandbox else STRIPE_API_BASE),
            stripe_mode=mode,
            stripe_calls_per_second=self.number(
                "STRIPE_CALLS_PER_SECOND",
                _calls_per_second(mode, uses_sandbox=uses_sandbox),
                least=1,
                most=10_000,
            ),
            metrics_token=self._metrics_token(),
            mail_url=self.text("MAIL_URL", f"file://{self._instance_dir / 'mail'}"),
            mail_from=self.text("MAIL_FROM", "The Moscow Times <support@themoscowtimes.com>"),
            alert_email=self._alert_email(),
            report_timezone=self.zone("REPORT_TIMEZONE", "Europe/Amsterdam"),
            host=host,
            port=port,
            proxy_hops=self.number("PROXY_HOPS", 0, most=5),
            sandbox_port=sandbox_port,
            uses_sandbox=uses_sandbox,
            offers_file=self.file("OFFERS_FILE"),
            safety_notice_file=self.file("SAFETY_NOTICE_FILE"),
            origins_file=self.file("ORIGINS_FILE"),
            statement_descriptor=self.text("STATEMENT_DESCRIPTOR", "MOSCOW TIMES"),
            support_email=self.text("SUPPORT_EMAIL", "support@themoscowtimes.com"),
            publisher_name=self.text("PUBLISHER_NAME", "The Moscow Times"),
            publisher_address=self.text("PUBLISHER_ADDRESS", "Amsterdam, the Netherlands"),
            development_staff_password=self._generated.get("STAFF_PASSWORD"),
        )
        if self.problems:
            raise ConfigError(self.problems)
        return config

    def _required_in_production(self, name: str) -> str:
        value = self.text(name, self._generated.get(name, ""))
        if not value:
            self.problems.append(f"{name} is required in production.")
        return value

    def _secret_key(self) -> str:
        key = self._required_in_production("SECRET_KEY")
        if key and len(key) < 32:
            self.problems.append("SECRET_KEY must have at least 32 characters.")
        return key

    def _metrics_token(self) -> str:
        token = self.text("METRICS_TOKEN", "")
        if token and len(token) < 16:
            self.problems.append("METRICS_TOKEN must have at least 16 characters.")
        return token

    def _alert_email(self) -> str:
        address = self.text("ALERT_EMAIL", "")
        if address and (address.count("@") != 1 or not address.isascii() or len(address.split()) != 1):
            self.problems.append(f"ALERT_EMAIL must be one email address, not {address!r}.")
        return address

    def _database_url(self) -> str:
        value = self.text("DATABASE_URL", "")
        if not value and self._production:
            self.problems.append("DATABASE_URL is required in production.")
        return value or f"sqlite:///{self._instance_dir / 'donations.db'}"

    def _master_keys(self) -> tuple[MasterKey, ...]:
        text = self._required_in_production("MASTER_KEYS")
        keys = [self._master_key(part.strip()) for part in text.split(",") if part.strip()]
        found = tuple(key for key in keys if key is not None)
        if len({key.id for key in found}) != len(found):
            self.problems.append("MASTER_KEYS must not use one id twice.")
        return found

    def _master_key(self, text: str) -> MasterKey | None:
        identifier, _, encoded = text.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not identifier or len(key) != 32:
            self.problems.append("MASTER_KEYS must be id:base64 pairs of 32-byte keys, newest first.")
            return None
        return MasterKey(identifier, key)

    def _stripe_mode(self) -> StripeMode:
        value = self.text("STRIPE_MODE", "test")
        if value not in set(StripeMode):
            self.problems.append(f"STRIPE_MODE must be test or live, not {value!r}.")
            return StripeMode.TEST
        return StripeMode(value)

    def _stripe_secret_key(self, mode: StripeMode) -> str:
        key = self._required_in_production("STRIPE_SECRET_KEY")
        kinds = {StripeMode.TEST: ("sk_test_", "rk_test_"), StripeMode.LIVE: ("sk_live_", "rk_live_")}
        if key and not key.startswith(kinds[mode]):
            refused = " A live key is refused in test mode." if "_live_" in key[:8] else ""
            self.problems.append(
                f"STRIPE_SECRET_KEY must begin with {' or '.join(kinds[mode])} "
                f"while STRIPE_MODE={mode}.{refused}"
            )
        return key

    def _webhook_secrets(self, *, uses_sandbox: bool) -> tuple[str, ...]:
        # An invented secret means nothing to the real Stripe: with a real key and no secret
        # the endpoint stays closed.
        if self._production or uses_sandbox:
            text = self._required_in_production("STRIPE_WEBHOOK_SECRETS")
        else:
            text = self.text("STRIPE_WEBHOOK_SECRETS", "")
        return tuple(part.strip() for part in text.split(",") if part.strip())

    def _base_url(self, default: str) -> str:
        if self._production and not self.text("PUBLIC_BASE_URL", ""):
            self.problems.append("PUBLIC_BASE_URL is required in production.")
        elif self._production and not self.text("PUBLIC_BASE_URL", "").startswith("https://"):
            self.problems.append("PUBLIC_BASE_URL must begin with https:// in production.")
        return self.url("PUBLIC_BASE_URL", default)


def _calls_per_second(mode: StripeMode, *, uses_sandbox: bool) -> int:
    """Somewhat less than Stripe allows; the sandbox need not be spared."""
    if uses_sandbox:
        return 1_000
    return 80 if mode is StripeMode.LIVE else 20


def _development_secrets(instance_dir: Path) -> dict[str, str]:
    """The secrets that development invents, the same at each start.

    The file is made whole and then linked into place, so that two processes that start
    together agree on one.
    """
    path = instance_dir / "development-secrets.json"
    if not path.exists():
        instance_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({name: make() for name, make in _INVENTED.items()}, indent=2))
        # Where another process was first, its secrets are ours too.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return json.loads(path.read_text())


_INVENTED: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "MASTER_KEYS": lambda: "dev1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "STRIPE_SECRET_KEY": lambda: "sk_test_" + secrets.token_hex(24),
    "STRIPE_WEBHOOK_SECRETS": lambda: "whsec_" + secrets.token_hex(24),
    "STAFF_PASSWORD": lambda: secrets.token_urlsafe(12),
}
