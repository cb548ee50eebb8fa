"""stub"""
from enum import StrEnum
import polars as pl
class Mark(StrEnum):
    RICHER_SOURCE = "richer_source"
    ECHO = "echo"
    DOUBLE_SCROBBLE = "double_scrobble"
