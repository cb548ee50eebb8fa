"""Rules about new and old acquaintances, and what the years change."""

from collections import Counter

from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.critic.rules.calendar import whole_years
from unwrapped.music.profile.taste import TasteProfile

FEWEST_JUDGED = 100
FEWEST_YEARS = 3


def _enough(profile: TasteProfile, judged: int) -> bool:
    """Whether the plays that could be judged may stand for the others: the log begins
    with strangers, however long they had been known, and so it does after a gap."""
    return not profile.gaps and judged >= max(FEWEST_JUDGED, profile.volume.plays / 2)


def _novelty(profile: TasteProfile) -> Finding | None:
    novelty = profile.novelty
    if novelty is None or not _enough(profile, novelty.judged_plays):
        return None
    return Finding(
        novelty.share,
        {
            "share": fact(
                "share of plays whose artist was first played in the 90 days before",
                novelty.share,
                "share",
            ),
            "window": fact("an artist is new for", 90, "days"),
            "artists": fact("new artists", novelty.new_artists, "artists"),
            "plays": fact("plays that could be judged", novelty.judged_plays, "plays"),
        },
    )


def _discovery(profile: TasteProfile) -> Finding | None:
    novelty = profile.novelty
    if novelty is None or novelty.discovery_day is None or profile.gaps:
        return None
    return Finding(
        novelty.discovery_plays / profile.volume.plays,
        {
            "artist": fact(
                "new artist with the most plays", novelty.discovery, "artist"
            ),
            "day": fact("day of the first play", novelty.discovery_day, "day"),
            "plays": fact("plays since", novelty.discovery_plays, "plays"),
            "artists": fact("new artists", novelty.new_artists, "artists"),
        },
    )


def _loyalty(profile: TasteProfile) -> Finding | None:
    loyalty = profile.loyalty
    if loyalty is None or not _enough(profile, loyalty.judged_plays):
        return None
    return Finding(
        loyalty.share,
        {
            "share": fact(
                "share of plays whose artist was first played over 365 days before",
                loyalty.share,
                "share",
            ),
            "rest": fact(
                "share of plays of younger acquaintances", 1 - loyalty.share, "share"
            ),
            "window": fact("an acquaintance is old after", 365, "days"),
            "plays": fact("plays that could be judged", loyalty.judged_plays, "plays"),
        },
    )


def _turnover(profile: TasteProfile) -> Finding | None:
    if not profile.turnover:
        return None
    last = profile.turnover[-1]
    whole = whole_years(profile)
    if whole is None or (last.previous, last.year) != tuple(y.year for y in whole):
        return None
    return Finding(
        last.distance,
        {
            "year": fact("the later year", last.year, "year"),
            "before": fact("the year before", last.previous, "year"),
            "kept": fact("artists among the top in both years", last.kept, "artists"),
            "compared": fact(
                "artists at the top of the later year", last.compared, "number"
            ),
            "distance": fact(
                "Jaccard distance of the two top lists", last.distance, "share"
            ),
        },
    )


def _dynasty(profile: TasteProfile) -> Finding | None:
    tops = [year.top_artist for year in profile.years if year.plays >= FEWEST_JUDGED]
    if len(tops) < FEWEST_YEARS:
        return None
    artist, reign = Counter(sorted(tops)).most_common(1)[0]
    if 2 * reign <= len(tops):
        return None
    return Finding(
        reign,
        {
            "artist": fact("artist most often on top of a year", artist, "artist"),
            "reign": fact("years on top", reign, "number"),
            "years": fact("years compared", len(tops), "number"),
        },
    )


CHANGE: tuple[Rule, ...] = (
    Rule(
        name="explorer",
        family="time",
        claim="Many plays go to artists who are new to the listener.",
        side="high",
        base=BaseRate.share(
            0.28,
            0.95,
            "About 28% of plays go to artists first played in the 90 days before.",
        ),
        find=_novelty,
        phrasings=(
            "{share} of your plays go to artists you had known for less than {window}. Your favourites should keep their coats on.",
            "Strangers of less than {window} get {share} of your plays; newly met: {artists}. Small talk is clearly not the problem.",
            "You spend {share} of your plays on acquaintances younger than {window}. Nostalgia will have to take a number.",
        ),
        epithet="Restless",
    ),
    Rule(
        name="closed_book",
        family="time",
        claim="Hardly any play goes to artists who are new to the listener.",
        side="low",
        base=BaseRate.share(
            0.28,
            0.95,
            "About 28% of plays go to artists first played in the 90 days before.",
        ),
        find=_novelty,
        phrasings=(
            "Artists you had known for less than {window} get {share} of your plays. The guest list is short, and the bouncer is you.",
            "{share} of your plays go to anyone new. Let in: {artists}, possibly through a window.",
            "Of {plays}, {share} went to artists known for less than {window}. Novelty may leave a card at your door.",
        ),
        epithet="Settled",
    ),
    Rule(
        name="discovery",
        family="bonds",
        claim="A new artist was taken up with many plays.",
        side="high",
        base=BaseRate.share(
            0.045, 1.05, "The best new artist has about 4.5% of the plays."
        ),
        find=_discovery,
        phrasings=(
            "You met {artist} on {day}, and it has come to {plays} since. That escalated like a chorus.",
            "On {day} {artist} was a stranger. {plays} later they are practically on the lease.",
            "New in the house: {artists}. The find is {artist}, first played on {day}, {plays} to date.",
        ),
        epithet="Smitten",
    ),
    Rule(
        name="old_friends",
        family="time",
        claim="Most plays go to artists known for over a year.",
        side="high",
        base=BaseRate.share(
            0.52, 1.25, "About 52% of plays go to artists known for over a year."
        ),
        find=_loyalty,
        phrasings=(
            "{share} of your plays go to artists you have known for more than {window}. You do not follow trends, you outlive them.",
            "For {share} of your plays, the artist is a friend of over {window}. The remainder, {rest}, speaks softly.",
            "Your plays have a long memory: {share} are for artists met more than {window} before.",
        ),
        epithet="Faithful",
    ),
    Rule(
        name="fresh_faces",
        family="time",
        claim="Few plays go to artists known for over a year.",
        side="low",
        base=BaseRate.share(
            0.52, 1.25, "About 52% of plays go to artists known for over a year."
        ),
        find=_loyalty,
        phrasings=(
            "Artists you have known for over {window} get {share} of your plays. In your kitchen, the milk has seniority.",
            "Acquaintances of more than {window} get {share} of your plays. The other plays, {rest}, go to people still learning your name.",
            "To last over {window} with you is to beat the odds: {share} of your plays go to such survivors.",
        ),
        epithet="Forward-Looking",
    ),
    Rule(
        name="clean_sweep",
        family="time",
        claim="Nearly all of last year's favourite artists were replaced.",
        side="high",
        base=BaseRate.share(
            0.71,
            1.3,
            "The top lists of two years in a row have a Jaccard distance of about 71%.",
        ),
        find=_turnover,
        phrasings=(
            "Between {before} and {year} you changed your cast. Still among the top {compared}: {kept}. Hollywood recasts more gently.",
            "At your top in {year} as in {before}: {kept}, out of {compared}. A reshuffle, as they say before the resignations.",
            "From {before} to {year} your favourites moved by a Jaccard distance of {distance}. Survivors among the top {compared}: {kept}.",
        ),
        epithet="Shapeshifting",
    ),
    Rule(
        name="same_again",
        family="time",
        claim="Last year's favourite artists are this year's.",
        side="low",
        base=BaseRate.share(
            0.71,
            1.3,
            "The top lists of two years in a row have a Jaccard distance of about 71%.",
        ),
        find=_turnover,
        phrasings=(
            "At your top in {year} as in {before}: {kept}, out of {compared}. The seats have name plates by now.",
            "{before}, {year}: much the same cast: {kept} stayed, out of {compared}. You found a good thing and signed a long contract.",
            "Your charts of {before} and {year} differ by {distance}. Geologists call that a stable formation.",
        ),
        epithet="Steadfast",
    ),
    Rule(
        name="dynasty",
        family="throne",
        claim="The same artist is the most played of most years.",
        side="high",
        base=BaseRate.amount(2, 0.5, "An artist leads about 2 years at most."),
        find=_dynasty,
        phrasings=(
            "{artist} topped {reign} of {years} years. Elections are held, out of politeness.",
            "Of {years} years, {artist} won {reign}. Sports fans would have demanded a salary cap.",
            "{reign} of {years} years end with {artist} on the throne. The crown has taken the shape of the head.",
        ),
        epithet="Loyal",
    ),
)
