"""Rules about how plays are spread over artists."""

from unwrapped.music.critic.evidence import AS_VARIED, Evidence, fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_ARTISTS = 20


def _spread(profile: TasteProfile) -> dict[str, Evidence]:
    artists, top = profile.artists, profile.favourites.artists[0]
    return {
        "artists": fact("artists with a play", artists.richness, "artists"),
        "effective": fact(AS_VARIED, artists.effective, "number"),
        "ten": fact("artists in the lead", min(10, artists.richness), "artists"),
        "ten_share": fact(
            "share of plays of the ten most played", artists.top10_share, "share"
        ),
        "artist": fact("most played artist", top.artist, "artist"),
        "plays": fact("plays of the most played artist", top.plays, "plays"),
        "share": fact("share of plays of the most played artist", top.share, "share"),
        "gini": fact("Gini coefficient of plays per artist", artists.gini, "number"),
    }


def _gini_of_many(profile: TasteProfile) -> Finding | None:
    if profile.artists.richness < FEWEST_ARTISTS:
        return None
    return Finding(profile.artists.gini, _spread(profile))


BREADTH: tuple[Rule, ...] = (
    Rule(
        name="small_circle",
        family="spread",
        claim="The effective number of artists is small.",
        side="low",
        base=BaseRate.amount(95, 1.5, "Plays are spread as if over about 95 artists."),
        find=lambda p: Finding(p.artists.effective, _spread(p)),
        phrasings=(
            "Counting heads, you have {artists}; counting plays, it is as if there were {effective}. It is a small table, and the seats are taken.",
            "Your plays are as varied as {effective} artists played equally. {artist} could take attendance by name.",
            "Officially {artists}, effectively {effective}, and {artist} at the head with {share} of the plays. A very small round table.",
        ),
        epithet="Intimate",
    ),
    Rule(
        name="crowd",
        family="spread",
        claim="The effective number of artists is large.",
        side="high",
        base=BaseRate.amount(95, 1.5, "Plays are spread as if over about 95 artists."),
        find=lambda p: Finding(p.artists.effective, _spread(p)),
        phrasings=(
            "Your plays are spread as if over {effective} equally loved artists. Record shops have been opened with less stock.",
            "{artists}, effectively {effective}. Your idea of a favourite artist is a phone book.",
            "Even {artist}, your most played, gets a mere {share}. With the variety of {effective} artists played equally, the throne is a bench.",
        ),
        epithet="Sprawling",
    ),
    Rule(
        name="monarch",
        family="spread",
        claim="One artist has an unusual share of all plays.",
        side="high",
        base=BaseRate.share(
            0.12, 1.3, "The most played artist has about 12% of the plays."
        ),
        find=lambda p: Finding(p.artists.top_share, _spread(p)),
        phrasings=(
            "{artist} holds {share} of your plays. The other names on your list are, strictly speaking, guests.",
            "{plays} for {artist}, which is {share} of all your plays. Governments have been formed with less.",
            "If your history were a parliament, {artist} would sit on {share} of the seats, after {plays} in favour.",
        ),
        epithet="Royalist",
    ),
    Rule(
        name="equal_shares",
        family="spread",
        claim="Plays are spread unusually evenly over the artists.",
        side="low",
        base=BaseRate.share(
            0.68, 1.0, "The Gini coefficient of plays per artist is about 0.68."
        ),
        find=lambda p: Finding(p.artists.gini, _spread(p)),
        phrasings=(
            "With a Gini coefficient of {gini}, your plays are shared out more fairly than most cakes. {artist} gets the biggest slice, {share}.",
            "Your artists live closer to equality than most: Gini {gini}. {artist} leads with {plays}, and without a crown.",
            "A Gini coefficient of {gini} over {artists}: economists would like to know how you do it.",
        ),
        epithet="Egalitarian",
    ),
    Rule(
        name="winner_takes_it",
        family="spread",
        claim="Plays are spread unusually unevenly over the artists.",
        side="high",
        base=BaseRate.share(
            0.68, 1.0, "The Gini coefficient of plays per artist is about 0.68."
        ),
        find=_gini_of_many,
        phrasings=(
            "{artists} share your plays at a Gini coefficient of {gini}. The top table, {ten}, takes {ten_share}; the others take what falls off it.",
            "Of {artists}, the leading {ten} take {ten_share} of the plays. With a Gini of {gini}, this is less a taste than an aristocracy.",
            "Gini {gini}: {artist} and company, {ten} together, own {ten_share} of your ears. {artists} signed up for the raffle.",
        ),
        epithet="Aristocratic",
    ),
)
