"""The position of a listener on the two axes, with the figures that show it."""

from unwrapped.music.critic.evidence import AS_VARIED, fact
from unwrapped.music.critic.verdict import AxisReading
from unwrapped.music.profile.taste_profile import TasteProfile


def read_axes(profile: TasteProfile) -> list[AxisReading]:
    """The readings of breadth and novelty, in this order."""
    artists, novelty = profile.artists, profile.novelty
    breadth = AxisReading(
        name="breadth",
        low="devoted",
        high="omnivorous",
        value=profile.axes.breadth,
        evidence=[
            fact(AS_VARIED, artists.effective, "artists"),
            fact("artists with a play", artists.richness, "artists"),
        ],
    )
    new = AxisReading(
        name="novelty",
        low="nostalgic",
        high="exploring",
        value=profile.axes.novelty,
        evidence=[
            fact(
                "share of plays whose artist was first logged in the 90 days before",
                novelty.share,
                "share",
            ),
            fact("new artists", novelty.new_artists, "artists"),
        ]
        if novelty is not None
        else [],
    )
    return [breadth, new]
