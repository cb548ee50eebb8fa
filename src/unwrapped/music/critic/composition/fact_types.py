"""The type of facts: evidence by the name of the slot that it fills in a line."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from unwrapped.music.critic.evidence import Evidence, Unit, fact

type Facts = dict[str, Evidence]

type Measured = tuple[str, float | str | date, Unit]
"""Label, value and unit."""

NONE: Mapping[str, Measured] = MappingProxyType({})


def facts_of(named: Mapping[str, Measured] = NONE, /, **written: Measured) -> Facts:
    """Facts from their labels, values and units."""
    return {name: fact(*one) for name, one in {**named, **written}.items()}
