"""Records what a text has said, so that it says nothing twice."""

from collections import Counter
from dataclasses import dataclass, field

from unwrapped.music.critic.composition.line import Said

OF_ONE_NAME = 2
"""The number of beats that may name the same artist or title."""


@dataclass
class AlreadySaid:
    """The families, names and figures that were used."""

    families: set[str] = field(default_factory=set)
    names: Counter[str] = field(default_factory=Counter)
    figures: set[str] = field(default_factory=set)

    def adds(self, family: str, said: Said) -> bool:
        """Whether words add something: another family, and names and figures as in
        `is_fresh`."""
        return family not in self.families and self.is_fresh(said)

    def is_fresh(self, said: Said) -> bool:
        """Whether no figure was used before, and no name too often."""
        return not said.figures & self.figures and all(
            self.names[name] < OF_ONE_NAME for name in said.names
        )

    def enter(self, family: str | None, said: Said) -> None:
        """Record what was said, with its family if it has one."""
        if family is not None:
            self.families.add(family)
        self.names.update(said.names)
        self.figures |= said.figures
