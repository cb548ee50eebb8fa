"""Rules about single tracks, and how many there are."""

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile


def _one_timers(profile: TasteProfile) -> dict[str, Evidence]:
    tracks, artists = profile.tracks, profile.artists
    return {
        "tracks": fact("tracks with a play", tracks.richness, "tracks"),
        "tracks_once": fact(
            "tracks played once", round(tracks.once_share * tracks.richness), "tracks"
        ),
        "track_share": fact(
            "share of the tracks that were played once", tracks.once_share, "share"
        ),
        "artists": fact("artists with a play", artists.richness, "artists"),
        "artists_once": fact(
            "artists played once",
            round(artists.once_share * artists.richness),
            "artists",
        ),
        "artist_share": fact(
            "share of the artists that were played once", artists.once_share, "share"
        ),
        "once": fact("plays of each of them", 1, "plays"),
    }


def _deep(profile: TasteProfile) -> dict[str, Evidence]:
    deep = profile.bonds.deep_dive
    return {
        "artist": fact(
            "artist with the most different tracks played", deep.artist, "artist"
        ),
        "tracks": fact("different tracks of theirs", deep.tracks, "tracks"),
    }


def _anthem(profile: TasteProfile) -> Finding:
    track = profile.favourites.tracks[0]
    facts = {
        "title": fact("most played track", track.title, "title"),
        "artist": fact("its artist", track.artist, "artist"),
        "plays": fact("its plays", track.plays, "plays"),
        "share": fact("its share of all plays", profile.tracks.top_share, "share"),
    }
    if track.hours:  # a play lasts half a minute, or nobody knows how long
        facts["hours"] = fact("time spent with it", track.hours, "hours")
    return Finding(profile.tracks.top_share, facts)


def _rotation(profile: TasteProfile) -> Finding:
    tracks, plays = profile.volume.tracks, profile.volume.plays
    return Finding(
        tracks / plays,
        {
            "tracks": fact("different tracks", tracks, "tracks"),
            "plays": fact("plays", plays, "plays"),
            "each": fact("plays of an average track", plays / tracks, "plays"),
        },
    )


def _few_songs(profile: TasteProfile) -> Finding:
    top = profile.favourites.artists[0]
    return Finding(
        top.plays / top.tracks,
        {
            "artist": fact("most played artist", top.artist, "artist"),
            "plays": fact("plays of theirs", top.plays, "plays"),
            "tracks": fact("different tracks of theirs", top.tracks, "tracks"),
        },
    )


TRACKS: tuple[Rule, ...] = (
    Rule(
        name="one_night_tracks",
        family="once",
        claim="Most tracks were played once only.",
        side="high",
        base=BaseRate.share(0.39, 0.7, "About 39% of tracks are played once only."),
        find=lambda p: Finding(p.tracks.once_share, _one_timers(p)),
        phrasings=(
            "Of {tracks}, {tracks_once} got {once} and no callback: {track_share}. You audition more than you hire.",
            "{track_share} of your tracks got {once} each. That is {tracks_once} that still wonder what they said wrong.",
            "Of {tracks}, {tracks_once} stopped at {once}. For {track_share} of your library, hello was also goodbye.",
        ),
        epithet="Fleeting",
    ),
    Rule(
        name="passing_artists",
        family="once",
        claim="Many artists were played once only.",
        side="high",
        base=BaseRate.share(0.1, 1.35, "About 10% of artists are played once only."),
        find=lambda p: Finding(p.artists.once_share, _one_timers(p)),
        phrasings=(
            "Of {artists}, {artists_once} got {once} from you and no encore. That is {artist_share} still waiting by the stage door.",
            "{artist_share} of the artists you tried got {once} each. The guest list says {artists}; the seating plan is shorter.",
            "Speed dating, with {artists} at the tables: {artists_once} got {once} and a polite nod.",
        ),
        epithet="Window-Shopping",
    ),
    Rule(
        name="no_strangers",
        family="once",
        claim="Hardly any track was played once only.",
        side="low",
        base=BaseRate.share(0.39, 0.7, "About 39% of tracks are played once only."),
        find=lambda p: Finding(p.tracks.once_share, _one_timers(p)),
        phrasings=(
            "Of {tracks}, only {track_share} were left at {once}. What gets into your house stays for dinner.",
            "Tracks that had to be content with {once}: {tracks_once}, of {tracks}. You do not sample, you adopt.",
            "{track_share} of your tracks got {once}, the others were asked back. An appeals court could learn from you.",
        ),
        epithet="Thorough",
    ),
    Rule(
        name="deep_dive",
        family="devotion",
        claim="Very many different tracks of one artist were played.",
        side="high",
        base=BaseRate.amount(
            44, 1.0, "The artist heard in most depth has about 44 different tracks."
        ),
        find=lambda p: Finding(p.bonds.deep_dive.tracks, _deep(p)),
        phrasings=(
            "You have played {tracks} by {artist}. A biographer would have stopped sooner.",
            "{artist}, in {tracks}. At this point you could draw a map of the catalogue, with soundings.",
            "{tracks} by {artist} alone. There cannot be many doors in that house you have not opened.",
        ),
        epithet="Deep-Diving",
    ),
    Rule(
        name="anthem",
        family="devotion",
        claim="One track has an unusual share of all plays.",
        side="high",
        base=BaseRate.share(
            0.027, 1.1, "The most played track has about 2.7% of the plays."
        ),
        find=_anthem,
        phrasings=(
            "{title} by {artist} is {share} of everything you played: {plays}. It had better be good.",
            "{plays} of {title}. {artist} should send you a card at the holidays.",
            "If anyone asks for your national anthem: {title}, {artist}, {plays}. Please rise.",
        ),
        epithet="Anthemic",
    ),
    Rule(
        name="wide_rotation",
        family="once",
        claim="There are very many different tracks for so many plays.",
        side="high",
        base=BaseRate.share(
            0.28, 0.9, "There are about 28 different tracks in 100 plays."
        ),
        find=_rotation,
        phrasings=(
            "{plays} went to {tracks}. Repetition, as a concept, has been explained to you and declined.",
            "An average track gets {each} from you, out of {plays}. This is no place to get comfortable.",
            "{tracks} in {plays}: your rotation is less a circle than a straight line.",
        ),
        epithet="Wide-Ranging",
    ),
    Rule(
        name="tight_rotation",
        family="once",
        claim="There are very few different tracks for so many plays.",
        side="low",
        base=BaseRate.share(
            0.28, 0.9, "There are about 28 different tracks in 100 plays."
        ),
        find=_rotation,
        phrasings=(
            "{plays} and just {tracks}: an average track got {each}. Your rotation has the radius of a coin.",
            "You made {tracks} last for {plays}. Chewing gum could learn from you.",
            "{each} for an average track. With {tracks} on the shelf, you know the dust by name.",
        ),
        epithet="Heavy-Rotation",
    ),
    Rule(
        name="few_songs_of_many",
        family="devotion",
        claim="The most played artist is played with few tracks, again and again.",
        side="high",
        base=BaseRate.amount(
            33, 1.3, "A track of the most played artist has about 33 plays."
        ),
        find=_few_songs,
        phrasings=(
            "{artist} leads your list with {plays}, and all it took was {tracks}. You found the good ones and locked the door.",
            "{plays} for {artist}, spread over {tracks}. The deep cuts remain, for now, deep.",
            "With {tracks}, {artist} collected {plays} from you. Why order off the menu when the usual is this good.",
        ),
        epithet="Choosy",
    ),
)
