"""Names become words in addresses."""

import pytest

from sscb_training.courses.settings import rules


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Domestic abuse", "domestic-abuse"), ("  Core groups & plans ", "core-groups-plans"), ("…", "theme")],
)
def test_a_slug_is_fit_for_an_address(name: str, slug: str) -> None:
    assert rules.slug_of(name) == slug
