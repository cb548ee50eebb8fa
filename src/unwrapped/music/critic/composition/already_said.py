"""What a text has said so far, so that nothing is said twice."""

from collections import Counter
from dataclasses import dataclass, field

from unwrapped.music.critic.composition.lines import Said

OF_ONE_NAME = 2
"""Beats that may name the same artist or title."""


@dataclass
class AlreadySaid:
    """Families, names and figures that were said."""

    families: set[str] = field(default_factory=set)
    names: Counter[str] = field(default_factory=Counter)
    figures: set[str] = field(default_factory=set)

    def adds(self, family: str, said: Said) -> bool:
        """Whether words add something: another family, other figures, fresh names."""
        return family not in self.families and self.is_fresh(said)

    def is_fresh(self, said: Said) -> bool:
        """Whether no figure was said, and no name too often."""
        return not said.figures & self.figures and all(
            self.names[name] < OF_ONE_NAME for name in said.names
        )

    def enter(self, family: str | None, said: Said) -> None:
        """Keeps what was said, of a family or of none."""
        if family is not None:
            self.families.add(family)
        self.names.update(said.names)
        self.figures |= said.figures
