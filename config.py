"""Settings, read once from the environment; each has a safe default, and a missing secret stops production."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parent
DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - refused in production


class ConfigurationError(Exception):
    """The environment asks for something that cannot be; the message says what to change."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between one installation and another."""

    app_env: str
    secret_key: str
    database_url: str
    data_dir: Path
    public_url: str
    board_name: str
    mail_server: str
    mail_port: int
    mail_username: str
    mail_password: str
    mail_use_tls: bool
    mail_ca_file: str
    mail_default_sender: str
    trusted_proxies: int
    test_clock: datetime | None

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    @property
    def is_development(self) -> bool:
        return self.app_env == "development"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises ConfigurationError with a sentence that says what to set."""
    app_env = environment.get("APP_ENV", "development")
    if app_env not in {"development", "test", "production"}:
        raise ConfigurationError(f"APP_ENV is '{app_env}'. Set it to development, test or production.")
    production = app_env == "production"

    secret_key = environment.get("SECRET_KEY", "" if production else DEVELOPMENT_SECRET)
    if production and (len(secret_key) < 32 or secret_key == DEVELOPMENT_SECRET):
        raise ConfigurationError(
            "SECRET_KEY is missing or too short for production. Set it to at least 32 random characters, "
            "for example from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    public_url = environment.get("PUBLIC_URL", f"http://127.0.0.1:{environment.get('PORT', '5000')}").rstrip(
        "/"
    )
    if production and urlsplit(public_url).scheme != "https":
        raise ConfigurationError(
            "PUBLIC_URL must be the https:// address that people use, for example https://training.example.org."
        )
    if production and environment.get("TEST_CLOCK"):
        raise ConfigurationError("TEST_CLOCK is for tests only. Unset it in production.")

    mail_use_tls = environment.get("MAIL_USE_TLS", "").lower() in {"1", "true", "yes"}
    if production and environment.get("MAIL_PASSWORD") and not mail_use_tls:
        raise ConfigurationError(
            "MAIL_PASSWORD would go to the mail server in clear. Set MAIL_USE_TLS=true, or send without a password."
        )

    data_dir = Path(environment.get("DATA_DIR", ROOT / "data")).resolve()
    return Settings(
        app_env=app_env,
        secret_key=secret_key,
        database_url=_database_url(environment.get("DATABASE_URL", f"sqlite:///{data_dir}/training.sqlite3")),
        data_dir=data_dir,
        public_url=public_url,
        board_name=environment.get("BOARD_NAME", "Shropshire Safeguarding Children Board"),
        mail_server=environment.get("MAIL_SERVER", ""),
        mail_port=_whole_number(environment, "MAIL_PORT", 25),
        mail_username=environment.get("MAIL_USERNAME", ""),
        mail_password=environment.get("MAIL_PASSWORD", ""),
        mail_use_tls=mail_use_tls,
        mail_ca_file=_file(environment, "MAIL_CA_FILE"),
        mail_default_sender=environment.get("MAIL_DEFAULT_SENDER", "training@board.example"),
        trusted_proxies=_whole_number(environment, "TRUSTED_PROXIES", 0),
        test_clock=_moment(environment.get("TEST_CLOCK", "")),
    )


def _database_url(url: str) -> str:
    """Hosts hand out postgres:// addresses; SQLAlchemy wants the driver named."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _whole_number(environment: Mapping[str, str], name: str, usual: int) -> int:
    value = environment.get(name, "") or str(usual)
    if not value.isdecimal():
        raise ConfigurationError(f"{name} is '{value}'. Set it to a whole number.")
    return int(value)


def _file(environment: Mapping[str, str], name: str) -> str:
    path = environment.get(name, "")
    if path and not Path(path).is_file():
        raise ConfigurationError(f"{name} is '{path}', and there is no such file.")
    return path


def _moment(value: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigurationError(
            f"TEST_CLOCK is '{value}'. Write an ISO date-time with its zone, like 2026-11-23T09:00:00+00:00."
        )
    return moment
