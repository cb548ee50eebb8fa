"""Rules about how plays are spread over artists."""

from unwrapped.music.critic import grounds
from unwrapped.music.critic.evidence import AS_VARIED, Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_ARTISTS = 20


def _spread(profile: TasteProfile) -> dict[str, Evidence]:
    artists, chart = profile.artists, profile.charts.artists
    ten = min(10, artists.richness)
    facts = {
        "artists": fact("artists with a play", artists.richness, "artists"),
        "richness": fact("artists with a play", artists.richness, "number"),
        "effective": fact(AS_VARIED, artists.effective, "artists"),
        "half": fact("fewest artists with 50% of the plays", artists.half, "artists"),
        "few": fact("fewest artists with 50% of the plays", artists.half, "number"),
        "fifty": fact("half of the plays", 0.5, "share"),
        "ten": fact("artists in the lead", ten, "artists"),
        "rest": fact("artists beyond them", artists.richness - ten, "number"),
        "ten_share": fact(
            "share of plays of the ten most played", artists.top10_share, "share"
        ),
        "gini": fact("Gini coefficient of plays per artist", artists.gini, "number"),
    }
    if chart:
        top, last = chart[0], chart[-1]
        facts |= {
            "artist": fact("most played artist", top.artist, "artist"),
            "plays": fact("plays of the most played artist", top.plays, "plays"),
            "share": fact(
                "share of plays of the most played artist", top.share, "share"
            ),
        }
        if 2 * last.plays >= top.plays:  # close enough to be called so
            facts["last"] = fact(
                "last of the ten most played artists", last.artist, "artist"
            )
            facts["last_plays"] = fact(
                "plays of the last of the ten", last.plays, "plays"
            )
    return facts


def _top(profile: TasteProfile) -> Finding | None:
    chart = profile.charts.artists
    return Finding(chart[0].share, _spread(profile)) if chart else None


def _lead(profile: TasteProfile) -> Finding | None:
    chart = profile.charts.artists
    if len(chart) < 2:
        return None
    top, next_ = chart[:2]
    ratio = top.plays / next_.plays
    return Finding(
        ratio,
        {
            "artist": fact("most played artist", top.artist, "artist"),
            "plays": fact("plays of the most played artist", top.plays, "plays"),
            "other": fact("next artist", next_.artist, "artist"),
            "other_plays": fact("plays of the next artist", next_.plays, "plays"),
            "ratio": fact("the first against the next", ratio, "ratio"),
        },
    )


def _gini_of_many(profile: TasteProfile) -> Finding | None:
    if profile.artists.richness < FEWEST_ARTISTS:
        return None
    return Finding(profile.artists.gini, _spread(profile))


BREADTH: tuple[Rule, ...] = (
    Rule(
        name="small_circle",
        family="spread",
        claim="The plays go to few artists.",
        side="low",
        ground=grounds.BREADTH,
        find=lambda p: Finding(p.artists.effective, _spread(p)),
        phrasings=(
            "You have played {artists}; it takes {few} to make up {fifty} of the plays. Intimate.",
            "It takes {half}, {artist} foremost with {plays}, to make up {fifty} of your plays. The table is set.",
            "{artists} have a card here. It takes {few} to make up {fifty} of the plays, and {artist} has {share}.",
        ),
        epithet="Intimate",
    ),
    Rule(
        name="crowd",
        family="spread",
        claim="The plays go to very many artists.",
        side="high",
        ground=grounds.BREADTH,
        find=lambda p: Finding(p.artists.effective, _spread(p)),
        phrasings=(
            "It takes {half} to make up {fifty} of your plays. The filing cabinet groans.",
            "{artists} on the books, and {few} before {fifty} of the plays are covered. {artist} leads with {plays}.",
            "Your plays are as varied as {effective} played equally. {artist}, in front, has {plays}.",
        ),
        epithet="Sprawling",
    ),
    Rule(
        name="monarch",
        family="spread",
        claim="One artist has an unusual share of all plays.",
        side="high",
        ground=grounds.TOP_ARTIST,
        find=_top,
        phrasings=(
            "{artist} holds {share} of your plays: {plays}. The rest are guests.",
            "{plays} for {artist}, {share} of the total. The ledger has a favourite.",
            "{share} of your plays, {plays}, are by {artist}. Others exist.",
        ),
        big=("{plays} for {artist}, which is {share} of your log. A key was cut.",),
        epithet="Royalist",
    ),
    Rule(
        name="nobody_leads",
        family="spread",
        claim="The most played artist has a small share of the plays.",
        side="low",
        ground=grounds.TOP_ARTIST,
        find=_top,
        phrasings=(
            "{artist} is your most played artist, with {share} of the plays. A narrow mandate.",
            "It took {plays} to lead your list. {artist} did it, with {share} of the total.",
            "At the top {artist}, with {plays}; at the end of the leading {ten} {last}, with {last_plays}. A flat hierarchy.",
        ),
        epithet="Uncrowned",
    ),
    Rule(
        name="landslide",
        family="rivals",
        claim="The first artist has many times the plays of the next one.",
        side="high",
        ground=grounds.LEAD,
        find=_lead,
        phrasings=(
            "{artist} has {plays}, {other} comes next with {other_plays}. Not close.",
            "{artist}: {plays}. {other}: {other_plays}. The silver looks small.",
            "Next to {artist} ({plays}) stands {other} ({other_plays}), at a distance.",
        ),
        big=("{artist} has {ratio} the plays of {other}, who comes next. No recount.",),
        epithet="Lone-Horse",
    ),
    Rule(
        name="equal_shares",
        family="spread",
        claim="Plays are spread unusually evenly over the artists.",
        side="low",
        ground=grounds.GINI,
        find=_gini_of_many,
        phrasings=(
            "The leading {ten} have {ten_share} of the plays, the other {rest} what remains. Fairer than many cakes.",
            "Of {artists}, it takes {few} to make up {fifty} of the plays. Others divide worse.",
            "{artist} has {plays}; the last of your leading {ten}, {last}, has {last_plays}. Ranks are decorative.",
        ),
        epithet="Egalitarian",
    ),
    Rule(
        name="winner_takes_it",
        family="portions",
        claim="Plays are spread unusually unevenly over the artists.",
        side="high",
        ground=grounds.GINI,
        find=_gini_of_many,
        phrasings=(
            "The leading {ten} take {ten_share} of the plays, of {richness} in the log. Crumbs for the others.",
            "{ten} take {ten_share} of your plays, {artist} first. The other {rest} queue.",
            "{ten_share} of your plays go to {ten}; {rest} share what remains. Nobility, basically.",
        ),
        epithet="Aristocratic",
    ),
)
