"""The table of listeners who let a model write their verdicts."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from unwrapped.core.tables import Changed, UTCDateTime


class ModelConsent(Changed, table=True):
    """A listener's consent to one model at one address; no row means no consent."""

    __tablename__ = "model_consent"

    user_id: int = Field(
        primary_key=True,
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    url: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    """The name of the model. If the settings have another URL or name, the consent does
    not apply.
    """

    agreed_at: datetime = Field(sa_type=UTCDateTime)
