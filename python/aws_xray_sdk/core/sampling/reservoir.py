"""The reservoir of a centralized rule."""

from enum import Enum

from aws_xray_sdk._engine import Reservoir

__all__ = ["Reservoir", "ReservoirDecision"]


class ReservoirDecision(Enum):
    """What a reservoir said about one request."""

    TAKE = "take"
    BORROW = "borrow"
    NO = "no"
