"""The keys that sign badges."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Text
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core.db import Base


class BadgeKey(Base):
    """A key: its public half as the world reads it, its private half encrypted with a key made from the SECRET_KEY.

    The newest one that is not withdrawn signs. One that is *withdrawn* is published no longer, and nothing that it
    signed can be checked any more.
    """

    __tablename__ = "badge_key"

    name: Mapped[str] = mapped_column(unique=True)
    public: Mapped[dict[str, Any]] = mapped_column(JSON)
    private: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
