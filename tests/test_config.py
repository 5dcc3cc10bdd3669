"""Settings come from the environment; what is missing or unsafe stops the start with a sentence."""

from pathlib import Path

import pytest

from config import ConfigurationError, from_environment

PRODUCTION = {"APP_ENV": "production", "SECRET_KEY": "k" * 48, "PUBLIC_URL": "https://training.example.org"}


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or too short"),
        ({"SECRET_KEY": "development-only-secret"}, "SECRET_KEY is missing"),
        ({"PUBLIC_URL": "http://training.example.org"}, "PUBLIC_URL must be the https:// address"),
        ({"TEST_CLOCK": "2026-11-23T09:00:00+00:00"}, "TEST_CLOCK is for tests only"),
        ({"MAIL_PASSWORD": "secret"}, "MAIL_PASSWORD would go to the mail server in clear"),
        ({"APP_ENV": "live"}, "APP_ENV is 'live'"),
        ({"MAIL_PORT": "smtp"}, "MAIL_PORT is 'smtp'"),
    ],
)
def test_an_unsafe_setting_stops_the_start(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        from_environment(PRODUCTION | environment)


def test_a_secret_that_is_not_set_stops_production() -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY is missing"):
        from_environment({"APP_ENV": "production", "PUBLIC_URL": "https://training.example.org"})


def test_production_starts_with_what_it_needs() -> None:
    assert from_environment(PRODUCTION).is_production


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="with its zone"):
        from_environment({"TEST_CLOCK": "2026-11-23T09:00:00"})


def test_an_address_of_postgres_gets_its_driver() -> None:
    url = from_environment({"DATABASE_URL": "postgres://u:p@h/d"}).database_url
    assert url == "postgresql+psycopg://u:p@h/d"


def test_a_file_of_certificates_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "authority.pem"
    with pytest.raises(ConfigurationError, match="MAIL_CA_FILE"):
        from_environment({"MAIL_CA_FILE": str(path)})
    path.write_text("")
    assert from_environment({"MAIL_CA_FILE": str(path)}).mail_ca_file == str(path)
