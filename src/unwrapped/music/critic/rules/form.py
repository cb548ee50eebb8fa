"""Rules about shuffle, albums and the length of things."""

from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_LISTENS = 200


def _long_plays(profile: TasteProfile) -> Finding | None:
    lengths = profile.lengths
    if lengths is None or lengths.known_listens < FEWEST_LISTENS:
        return None
    return Finding(
        lengths.long_share,
        {
            "long": fact(
                "share of the time that went to plays of 10 minutes or more",
                lengths.long_share,
                "share",
            ),
            "limit": fact("length of a long play", 10, "minutes"),
            "minutes": fact("longest play", lengths.longest_play_minutes, "minutes"),
            "artist": fact(
                "artist of the longest play", lengths.longest_play_artist, "artist"
            ),
            "title": fact(
                "track of the longest play", lengths.longest_play_title, "title"
            ),
        },
    )


def _median_play(profile: TasteProfile) -> Finding | None:
    lengths = profile.lengths
    if lengths is None or lengths.known_listens < FEWEST_LISTENS:
        return None
    minutes = lengths.median_play_minutes
    return Finding(
        minutes, {"median": fact("median length of a play", minutes, "minutes")}
    )


def _shuffle(profile: TasteProfile) -> Finding | None:
    shuffle = profile.shuffle
    if shuffle is None or shuffle.known_plays < FEWEST_LISTENS:
        return None
    return Finding(
        shuffle.share,
        {
            "share": fact("share of plays with shuffle on", shuffle.share, "share"),
            "rest": fact("share of plays with shuffle off", 1 - shuffle.share, "share"),
            "plays": fact(
                "plays for which that is known", shuffle.known_plays, "plays"
            ),
        },
    )


def _albums(profile: TasteProfile) -> Finding | None:
    albums = profile.albums
    if albums is None or not albums.times:
        return None
    if 2 * albums.known_plays < profile.volume.plays:
        return None
    return Finding(
        albums.run_share,
        {
            "share": fact(
                "share of plays in album runs of 5 tracks or more",
                albums.run_share,
                "share",
            ),
            "through": fact(
                "albums played through, each time counted",
                albums.played_through,
                "times",
            ),
            "artist": fact(
                "artist of the album played through most often", albums.artist, "artist"
            ),
            "album": fact("that album", albums.album, "album"),
            "times": fact("times that it was played through", albums.times, "times"),
        },
    )


def _top_album(profile: TasteProfile) -> Finding | None:
    if not profile.favourites.albums:
        return None
    top = profile.favourites.albums[0]
    share = top.plays / profile.volume.plays
    return Finding(
        share,
        {
            "artist": fact("artist of the most played album", top.artist, "artist"),
            "album": fact("most played album", top.album, "album"),
            "plays": fact("its plays", top.plays, "plays"),
            "share": fact("its share of all plays", share, "share"),
        },
    )


FORM: tuple[Rule, ...] = (
    Rule(
        name="shuffler",
        family="order",
        claim="Nearly all plays happen with shuffle on.",
        side="high",
        base=BaseRate.share(0.42, 1.05, "Shuffle is on for about 42% of plays."),
        find=_shuffle,
        phrasings=(
            "Shuffle is on for {share} of your plays. You have delegated your taste to a random number generator, and it knows you well.",
            "{share} of your plays are shuffled. Track lists are, to you, a suggestion from strangers.",
            "With shuffle at {share}, chance is your resident DJ. Planning gets {rest} of the plays, on good behaviour.",
        ),
        epithet="Shuffling",
    ),
    Rule(
        name="in_order",
        family="order",
        claim="Hardly any play happens with shuffle on.",
        side="low",
        base=BaseRate.share(0.42, 1.8, "Shuffle is on for about 42% of plays."),
        find=_shuffle,
        phrasings=(
            "Shuffle is off for {rest} of your plays. Somewhere a sequencer who agonised over track order wants to shake your hand.",
            "You let chance choose {share} of your plays. The rest, {rest}, went as intended, by you or by the artist.",
            "{rest} of {plays} came without shuffle. You also read books from the front, it is assumed.",
        ),
        epithet="Deliberate",
    ),
    Rule(
        name="albumist",
        family="order",
        claim="Many plays belong to albums heard in one go.",
        side="high",
        base=BaseRate.share(
            0.04, 1.5, "About 4% of plays belong to runs of five tracks of one album."
        ),
        find=_albums,
        phrasings=(
            "{share} of your plays come in album runs, and {album} by {artist} has been played through {times}. The format lives; you feed it.",
            "Albums played through: {through}. {album} by {artist} had the honour {times}.",
            "{album} by {artist}, {times} without getting up. Album runs make {share} of your plays; loose tracks eat elsewhere.",
        ),
        epithet="Album-Side",
    ),
    Rule(
        name="epics",
        family="length",
        claim="Much of the time goes to very long tracks.",
        side="high",
        base=BaseRate.share(
            0.035, 1.1, "About 3.5% of the time goes to plays of ten minutes or more."
        ),
        find=_long_plays,
        phrasings=(
            "{long} of your time goes to plays of {limit} or more. {title} by {artist} leads with {minutes}; bring a sandwich.",
            "Plays of at least {limit} take up {long} of your hours. A radio edit is, to you, a kind of injury.",
            "{title} by {artist} held you for {minutes}. Things of {limit} and beyond make up {long} of your listening time.",
        ),
        epithet="Long-Form",
    ),
    Rule(
        name="short_songs",
        family="length",
        claim="The ordinary play is short.",
        side="low",
        base=BaseRate.amount(3.45, 0.155, "The median play lasts about 3.45 minutes."),
        find=_median_play,
        phrasings=(
            "Your median play lasts {median}. Brevity is the soul of your playlist.",
            "{median}: that is your median play. Verse, chorus, coat, goodbye.",
            "With a median of {median} a play, you get through songs as others get through peanuts.",
        ),
        epithet="Brisk",
    ),
    Rule(
        name="album_of_the_house",
        family="order",
        claim="One album has an unusual share of all plays.",
        side="high",
        base=BaseRate.share(
            0.07, 1.2, "The most played album has about 7% of the plays."
        ),
        find=_top_album,
        phrasings=(
            "{album} by {artist} has {plays}, {share} of the lot. It is less an album than a roommate.",
            "{share} of your plays come from {album}. {artist} made others, rumour has it.",
            "Your listening could be rebuilt from {album} by {artist} alone: {plays}, {share} of everything.",
        ),
        epithet="Well-Worn",
    ),
    Rule(
        name="slow_burn",
        family="length",
        claim="The ordinary play is long.",
        side="high",
        base=BaseRate.amount(3.45, 0.155, "The median play lasts about 3.45 minutes."),
        find=_median_play,
        phrasings=(
            "Your median play lasts {median}. You let songs take their shoes off.",
            "{median} for a median play: the radio edit must have got lost in the post.",
            "At {median} for the median play, patience is part of your taste.",
        ),
        epithet="Unhurried",
    ),
)
