"""Rules about shuffle, albums and the length of plays."""

from unwrapped.music.critic.base_rates import shuffle_and_albums as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_LISTENS = 200
LONG_MINUTES = 10


def _long_plays(profile: TasteProfile) -> Finding | None:
    lengths = profile.lengths
    if lengths is None or lengths.known_listens < FEWEST_LISTENS:
        return None
    longest = lengths.longest_play_minutes
    if not lengths.long_are_tracks or longest < LONG_MINUTES:
        return None
    return Finding(
        lengths.long_share,
        {
            "long": fact(
                "share of the time that went to plays of 10 minutes or more",
                lengths.long_share,
                "share",
            ),
            "limit": fact("length of a long play", LONG_MINUTES, "minutes"),
            "minutes": fact("longest play", longest, "minutes"),
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
    if minutes >= LONG_MINUTES and not lengths.long_are_tracks:  # episodes, perhaps
        return None
    facts = {"median": fact("median length of a play", minutes, "minutes")}
    if profile.charts.tracks:
        top = profile.charts.tracks[0]
        facts["title"] = fact("most played track", top.title, "title")
        facts["plays"] = fact("plays of that track", top.plays, "plays")
    return Finding(minutes, facts)


def _shuffle(profile: TasteProfile) -> Finding | None:
    shuffle = profile.shuffle
    if shuffle is None or shuffle.known_plays < FEWEST_LISTENS:
        return None
    facts = {
        "share": fact("share of plays with shuffle on", shuffle.share, "share"),
        "rest": fact("share of plays with shuffle off", 1 - shuffle.share, "share"),
        "plays": fact("plays for which shuffle is known", shuffle.known_plays, "plays"),
    }
    if profile.favourites.albums:
        top = profile.favourites.albums[0]
        facts["album"] = fact("most played album", top.album, "album")
        facts["artist"] = fact("artist of that album", top.artist, "artist")
    return Finding(shuffle.share, facts)


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
            "run": fact("tracks of an album run, at least", 5, "tracks"),
            "artist": fact(
                "artist of the album played through most often", albums.artist, "artist"
            ),
            "album": fact("that album", albums.album, "album"),
            "times": fact(
                "times that this album was played through", albums.times, "times"
            ),
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
            "plays": fact("plays of that album", top.plays, "plays"),
            "share": fact("share of that album in all plays", share, "share"),
        },
    )


SHUFFLE_AND_ALBUMS: tuple[Rule, ...] = (
    Rule(
        name="shuffler",
        family="order",
        claim="Nearly all plays happen with shuffle on.",
        side="high",
        base_rate=base_rates.SHUFFLE,
        find=_shuffle,
    ),
    Rule(
        name="in_order",
        family="order",
        claim="Hardly any play happens with shuffle on.",
        side="low",
        base_rate=base_rates.SHUFFLE,
        find=_shuffle,
    ),
    Rule(
        name="albumist",
        family="order",
        claim="Many plays belong to albums heard in one go.",
        side="high",
        base_rate=base_rates.ALBUM_RUNS,
        find=_albums,
    ),
    Rule(
        name="epics",
        family="length",
        claim="Much of the time goes to very long tracks.",
        side="high",
        base_rate=base_rates.LONG_PLAYS,
        find=_long_plays,
    ),
    Rule(
        name="short_songs",
        family="length",
        claim="The ordinary play is short.",
        side="low",
        base_rate=base_rates.MEDIAN_PLAY,
        find=_median_play,
    ),
    Rule(
        name="slow_burn",
        family="length",
        claim="The ordinary play is long.",
        side="high",
        base_rate=base_rates.MEDIAN_PLAY,
        find=_median_play,
    ),
    Rule(
        name="album_of_the_house",
        family="order",
        claim="One album has an unusual share of all plays.",
        side="high",
        base_rate=base_rates.TOP_ALBUM,
        find=_top_album,
    ),
)
