"""Slots and gates of lines, and the text and evidence of a line that is said."""

import pytest

from unwrapped.music.critic.composition.line import Line
from unwrapped.music.critic.evidence import Evidence, fact

ANN = fact("artist", "Ann", "artist")
FACTS = {
    "artist": ANN,
    "plays": fact("plays", 46, "plays"),
    "share": fact("share", 0.2, "share"),
}


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ("", True),
        ("plays >= 46", True),
        ("plays > 46", False),
        ("plays < 47 and share <= 0.2", True),
        ("plays < 47 and share < 0.2", False),
        ("surprise >= 2", True),
        ("surprise >= 2.5", False),
        ("days >= 1", False),
        ("artist >= 1", False),
        ("plays > share", True),
        ("plays < share", False),
        ("plays > artist", False),
        ("artist is artist", True),
        ("artist is not artist", False),
        ("artist is not days", False),
    ],
)
def test_a_gate_compares_the_value_of_a_fact(when: str, *, fits: bool) -> None:
    assert Line("{artist}.", when).fits(FACTS, 2.0) is fits


def test_a_line_needs_its_facts() -> None:
    assert not Line("{title} by {artist}.").fits(FACTS, 0)


def test_a_line_does_not_repeat_a_name() -> None:
    line = Line("{artist} beat {king}. {artist} won.")
    assert not line.fits(FACTS | {"king": ANN}, 0)
    assert line.fits(FACTS | {"king": fact("artist", "Bea", "artist")}, 0)


@pytest.mark.parametrize("when", ["plays", "plays = 3", "3 >= plays", "plays >= -1"])
def test_a_malformed_gate_is_rejected(when: str) -> None:
    with pytest.raises(ValueError, match="not a condition"):
        Line("{plays}.", when)


def test_a_said_line_has_its_names_and_its_noticeable_figures() -> None:
    facts: dict[str, Evidence] = FACTS | {"few": fact("tracks", 3, "tracks")}
    said = Line("{artist}: {plays} of {few}, {share}.").say(facts)
    assert said.text == "Ann: 46 plays of 3 tracks, 20%."
    assert said.names == {"Ann"}
    assert said.figures == {"46", "20%"}
