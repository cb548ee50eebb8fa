"""Rules about how plays are spread over artists and tracks."""

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile


def _spread(profile: TasteProfile) -> dict[str, Evidence]:
    artists, top = profile.artists, profile.favourites.artists[0]
    return {
        "artists": fact("artists with a play", artists.richness, "artists"),
        "effective": fact("effective number of artists", artists.effective, "number"),
        "ten": fact("artists in the lead", min(10, artists.richness), "artists"),
        "ten_share": fact(
            "share of plays of the ten most played", artists.top10_share, "share"
        ),
        "artist": fact("most played artist", top.artist, "artist"),
        "plays": fact("plays of the most played artist", top.plays, "plays"),
        "share": fact("share of plays of the most played artist", top.share, "share"),
        "gini": fact(
            "Gini coefficient of plays per artist", round(artists.gini, 2), "number"
        ),
    }


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
    return Finding(
        profile.tracks.top_share,
        {
            "title": fact("most played track", track.title, "title"),
            "artist": fact("its artist", track.artist, "artist"),
            "plays": fact("its plays", track.plays, "plays"),
            "share": fact("its share of all plays", profile.tracks.top_share, "share"),
            "hours": fact("time spent with it", track.hours, "hours"),
        },
    )


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


BREADTH: tuple[Rule, ...] = (
    Rule(
        name="small_circle",
        family="spread",
        claim="The effective number of artists is small.",
        side="low",
        base=BaseRate.amount(95, 1.5, "Plays are spread as if over about 95 artists."),
        find=lambda p: Finding(p.artists.effective, _spread(p)),
        phrasings=(
            "{artists} got in, but your plays are spread as if there were {effective}. The rest wait in the lobby.",
            "The effective number of your artists is {effective}. {artist} could take attendance by name.",
            "Officially {artists}, effectively {effective}: {ten} in the lead take {ten_share} of the plays. A very small round table.",
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
            "Even {artist}, your most played, gets a mere {share}. With an effective {effective} artists, the throne is a bench.",
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
            "{plays} for {artist}, which is {share} of all your listening. Coups have been staged against smaller majorities.",
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
            "With a Gini coefficient of {gini}, your plays are shared out more fairly than most cakes. {artist} leads with just {share}.",
            "Your artists live in near equality: Gini {gini}. Leading the field takes {artist} no more than {plays}.",
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
        find=lambda p: Finding(p.artists.gini, _spread(p)),
        phrasings=(
            "{artists} share your plays at a Gini coefficient of {gini}. {ten} of them take {ten_share}, the others take what falls off the table.",
            "{ten_share} of the plays go to {ten}, out of {artists}. With a Gini of {gini}, this is less a taste than an aristocracy.",
            "Gini {gini}: {artist} and company, {ten} together, own {ten_share} of your ears. {artists} signed up for the raffle.",
        ),
        epithet="Aristocratic",
    ),
    Rule(
        name="one_night_tracks",
        family="once",
        claim="Most tracks were played once only.",
        side="high",
        base=BaseRate.share(0.39, 0.7, "About 39% of tracks are played once only."),
        find=lambda p: Finding(p.tracks.once_share, _one_timers(p)),
        phrasings=(
            "{tracks_once} of your {tracks} got {once} and no callback: {track_share}. You audition more than you hire.",
            "{track_share} of your tracks were played a single time. That is {tracks_once} that still wonder what they said wrong.",
            "Of {tracks}, {tracks_once} were heard once. For {track_share} of your library, hello was also goodbye.",
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
            "{artists_once} got {once} from you and have been waiting for another since. That is {artist_share} of all {artists}.",
            "{artist_share} of the artists you tried, you tried once. The guest list says {artists}, the door policy says otherwise.",
            "Speed dating, with a score of {artists_once}: that many of your {artists} got {once} and a polite nod.",
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
            "Only {tracks_once} of your {tracks} had to be content with {once}. You do not sample, you adopt.",
            "{track_share} of your tracks got {once}, the others a second hearing. An appeals court could learn from you.",
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
            "You have played {tracks} by {artist}, demos and regrets included. A biographer would have stopped sooner.",
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
            "{title} by {artist} is {share} of everything you played: {plays}, or {hours} of your life. It had better be good.",
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
            "An average track gets {each} from you, out of {plays}. Nobody gets comfortable here.",
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
            "With {tracks} {artist} collected {plays}. A greatest-hits album would be too long for you.",
        ),
        epithet="Choosy",
    ),
)
