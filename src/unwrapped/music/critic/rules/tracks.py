"""Rules about single tracks and the number of tracks."""

from unwrapped.music.critic.base_rates import spread as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules.artists.bonds import best_of
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_ARTISTS = 20


def _one_timers(profile: TasteProfile) -> dict[str, Evidence]:
    tracks, artists = profile.tracks, profile.artists
    once = profile.encounters.one_play
    facts = {
        "tracks": fact("tracks with a play", tracks.richness, "tracks"),
        "tracks_once": fact(
            "tracks played once", round(tracks.once_share * tracks.richness), "number"
        ),
        "track_share": fact(
            "share of the tracks that were played once", tracks.once_share, "share"
        ),
        "artists": fact("artists with a play", artists.richness, "artists"),
        "artists_once": fact(
            "artists played once",
            round(artists.once_share * artists.richness),
            "number",
        ),
        "artist_share": fact(
            "share of the artists that were played once", artists.once_share, "share"
        ),
        "once": fact("plays of each of them", 1, "plays"),
    }
    if once is not None:
        facts["victim"] = fact("first artist with one play", once.artist, "artist")
        facts["title"] = fact("track of that play", once.title, "title")
        facts["day"] = fact("day of that play", once.day, "day")
    return facts


def _artists_once(profile: TasteProfile) -> Finding | None:
    if profile.artists.richness < FEWEST_ARTISTS or not profile.artists.once_share:
        return None
    return Finding(profile.artists.once_share, _one_timers(profile))


def _tracks_once(profile: TasteProfile) -> Finding | None:
    share = profile.tracks.once_share
    return Finding(share, _one_timers(profile)) if share else None


def _deep(profile: TasteProfile) -> Finding | None:
    deep = profile.bonds.deep_dive
    if deep is None:
        return None
    return Finding(
        deep.tracks,
        {
            "artist": fact(
                "artist with the most different tracks played", deep.artist, "artist"
            ),
            "tracks": fact("different tracks of that artist", deep.tracks, "tracks"),
            **best_of(profile, deep.artist),
        },
    )


def _anthem(profile: TasteProfile) -> Finding | None:
    if not profile.charts.tracks:
        return None
    track = profile.charts.tracks[0]
    return Finding(
        track.share,
        {
            "title": fact("most played track", track.title, "title"),
            "artist": fact("artist of that track", track.artist, "artist"),
            "plays": fact("plays of that track", track.plays, "plays"),
            "share": fact("share of that track in all plays", track.share, "share"),
            "days": fact("days with a play of that track", track.days, "days"),
            "since": fact("first play of that track", track.first_day, "day"),
        },
    )


def _rotation(profile: TasteProfile) -> Finding | None:
    tracks = profile.repetition.last_1000_tracks
    if tracks is None:
        return None
    return Finding(
        tracks / 1000,
        {
            "tracks": fact("different tracks among the last plays", tracks, "tracks"),
            "plays": fact("number of the last plays considered", 1000, "plays"),
            "total": fact("tracks with a play", profile.volume.tracks, "tracks"),
        },
    )


def _few_songs(profile: TasteProfile) -> Finding | None:
    if not profile.charts.artists:
        return None
    top = profile.charts.artists[0]
    facts = {
        "artist": fact("most played artist", top.artist, "artist"),
        "plays": fact("plays of that artist", top.plays, "plays"),
        "tracks": fact("different tracks of that artist", top.tracks, "tracks"),
    }
    if top.tracks > 1:
        facts["title"] = fact("most played of these tracks", top.best_title, "title")
        facts["best"] = fact("plays of that track", top.best_plays, "plays")
    return Finding(top.plays / top.tracks, facts)


TRACKS: tuple[Rule, ...] = (
    Rule(
        name="one_night_tracks",
        family="once",
        claim="Most tracks were played once only.",
        side="high",
        base_rate=base_rates.TRACKS_ONCE,
        find=lambda p: Finding(p.tracks.once_share, _one_timers(p)),
    ),
    Rule(
        name="passing_artists",
        family="spread",
        claim="Many artists were played once only.",
        side="high",
        base_rate=base_rates.ARTISTS_ONCE,
        find=_artists_once,
    ),
    Rule(
        name="no_strangers",
        family="once",
        claim="Few tracks were played once only.",
        side="low",
        base_rate=base_rates.TRACKS_ONCE,
        find=_tracks_once,
    ),
    Rule(
        name="settled_artists",
        family="spread",
        claim="Few artists were played once only.",
        side="low",
        base_rate=base_rates.ARTISTS_ONCE,
        find=_artists_once,
    ),
    Rule(
        name="deep_dive",
        family="devotion",
        claim="Very many different tracks of one artist were played.",
        side="high",
        base_rate=base_rates.DEPTH,
        find=_deep,
    ),
    Rule(
        name="anthem",
        family="devotion",
        claim="One track has an unusual share of all plays.",
        side="high",
        base_rate=base_rates.TOP_TRACK,
        find=_anthem,
    ),
    Rule(
        name="wide_rotation",
        family="once",
        claim="There are very many different tracks among the last 1,000 plays.",
        side="high",
        base_rate=base_rates.ROTATION,
        find=_rotation,
    ),
    Rule(
        name="tight_rotation",
        family="once",
        claim="There are very few different tracks among the last 1,000 plays.",
        side="low",
        base_rate=base_rates.ROTATION,
        find=_rotation,
    ),
    Rule(
        name="few_songs_of_many",
        family="devotion",
        claim="The most played artist is played with few tracks, again and again.",
        side="high",
        base_rate=base_rates.PLAYS_A_TRACK,
        find=_few_songs,
    ),
)
