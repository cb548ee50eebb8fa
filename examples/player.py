"""A player that logs what it plays as Spotify does, with the oddities of real exports."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Literal

from examples.fictional_music import (
    Track,
    book_title,
    episode_title,
    show_name,
    spotify_uri,
)
from examples.listen import Listen, Medium

type Outcome = Literal["any", "whole", "stopped"]

PLATFORMS = (
    ("Android OS 11 API 30 (Fictional, F-1)", "android", "android"),
    ("iOS 15.1 (FictionalPhone)", "ios", "ios"),
    ("Windows 10 (10.0.19043; x64)", "windows", "windows"),
    ("Partner fictional_tv fictional;speaker", "cast_hardware", "web_player"),
)
"""Names of four devices: up to 2022, up to 2024, and later."""

FIRST_YEAR_OF_SKIPPED, FIRST_YEAR_OF_SKIPPED_BUTTONS = 2020, 2023
FIRST_YEAR_OF_BOOKS = 2025

ODD = 0.011
"""Chance that something odd follows a play."""

NEVER_HEARD = 0.012
"""Chance of a play of 0 ms."""

STARTS = ("clickrow", "appload", "playbtn", "clickrow", "remote", "unknown", None)
ENDS: tuple[str | None, ...] = (
    *("fwdbtn",) * 60,
    *("endplay",) * 14,
    *("backbtn",) * 8,
    *("logout",) * 5,
    *("remote",) * 4,
    *("unexpected-exit",) * 4,
    *("unexpected-exit-while-paused",) * 2,
    *("clickrow",) * 4,
    *("playbtn",) * 2,
    "trackerror",
    None,
)
STOPS = ("endplay", "endplay", "logout", "unexpected-exit", "endplay", "remote")
BUTTONS = frozenset({"fwdbtn", "backbtn", "endplay"})


class Player:
    """Plays tracks, podcasts and audiobooks; `log` has the listens."""

    def __init__(self, rng: Random, skips: float, patience: float) -> None:
        self._rng = rng
        self._skips = skips
        self._patience = patience
        self._now_ms = 0
        self._hurry_from_ms = 0
        self._year = 0
        self._device = 0
        self._shuffle = False
        self._offline = False
        self._incognito = False
        self._reason: str | None = None
        self.log: list[Listen] = []

    def begin_day(self, year: int, hurry_from_ms: int) -> None:
        """Empty the log. From `hurry_from_ms` on, tracks are played for seconds only."""
        self._year = year
        self._hurry_from_ms = hurry_from_ms
        self.log = []

    def begin_session(self, at_ms: int, *, shuffle: bool) -> None:
        """Continue at this time, or soon after the previous track if that ends later."""
        rng = self._rng
        self._now_ms = max(at_ms, self._now_ms + rng.randrange(20_000, 90_000))
        self._device = rng.choice((0, 0, 0, 0, 1, 2, 2, 3))
        self._shuffle = shuffle
        self._offline = rng.random() < 0.04
        self._incognito = rng.random() < 0.01
        self._reason = rng.choice(STARTS)

    def play(self, track: Track, outcome: Outcome = "any") -> None:
        ms, end = self._outcome(track.length_ms, outcome)
        in_a_hurry = self._now_ms > self._hurry_from_ms
        if in_a_hurry:
            ms, end = min(ms, self._rng.randrange(900, 9_000)), "fwdbtn"
        self._write(self._row(track, ms, end))
        if self._rng.random() < ODD and not in_a_hurry:
            self._something_odd(track)

    def _outcome(self, length: int, outcome: Outcome) -> tuple[int, str | None]:
        """How long a track is played, and why it ends."""
        rng = self._rng
        if outcome == "whole":
            return length, "trackdone"
        if outcome == "stopped":
            return rng.randrange(1_000, length), rng.choice(STOPS)
        at = rng.random()
        if at < self._skips:
            end = rng.choice(ENDS) if rng.random() < 0.1 else "fwdbtn"
            heard = rng.random() >= NEVER_HEARD / max(self._skips, NEVER_HEARD)
            return rng.randrange(600, 29_500) if heard else 0, end
        if rng.random() < self._patience:
            return length, "trackdone"
        return rng.randrange(30_000, length), rng.choice(ENDS)

    def _row(self, track: Track, ms: int, end: str | None) -> Listen:
        """A listen to a track, with the title that it has in this year."""
        rng = self._rng
        title, album, uri = track.title, track.album, track.uri
        if self._year >= track.renamed_in:
            title += " - Remastered"
        if track.twin and rng.random() < 0.3:
            album, uri = track.twin
        return self._listen(track.artist, title, album, uri, ms, end)

    def _listen(
        self,
        artist: str,
        title: str,
        album: str,
        uri: str,
        ms: int,
        end: str | None,
        medium: Medium = "track",
    ) -> Listen:
        """A listen that begins now; the clock advances to its end."""
        pause = int(3000 * self._rng.random() ** 3)
        self._now_ms += ms + pause
        names = PLATFORMS[self._device]
        return Listen(
            datetime.fromtimestamp(self._now_ms // 1000, UTC),
            ms,
            artist,
            title,
            album,
            uri,
            self._reason,
            end,
            self._shuffle,
            self._skipped(end),
            medium,
            names[(self._year > 2022) + (self._year > 2024)],
            self._offline,
            self._incognito,
        )

    def _write(self, listen: Listen) -> None:
        self.log.append(listen)
        end = listen.reason_end
        self._reason = end if end in ("trackdone", "fwdbtn", "backbtn") else "clickrow"

    def _skipped(self, end: str | None) -> bool | None:
        if self._year >= FIRST_YEAR_OF_SKIPPED_BUTTONS:
            return end in BUTTONS
        if self._year < FIRST_YEAR_OF_SKIPPED or self._rng.random() < 0.3:
            return None
        return False

    def _something_odd(self, track: Track) -> None:
        at = self._rng.randrange(100)
        if at < 40:
            self._podcast()
        elif at < 65:
            self._second_device(track)
        elif at < 80:
            listen = self._row(track, track.length_ms, "trackdone")
            self._write(replace(listen, medium="video"))
        elif at < 88:
            self._burst(track)
        elif at < 95:
            self._write(self.log[-1])
        elif self._year >= FIRST_YEAR_OF_BOOKS:
            self._audiobook()

    def _podcast(self) -> None:
        show, number = self._rng.randrange(12), self._rng.randrange(200)
        uri = spotify_uri("episode", show, number)
        ms, end = self._outcome(self._rng.randrange(900_000, 3_600_000), "any")
        title = episode_title(show, number)
        self._write(self._listen(show_name(show), title, "", uri, ms, end, "podcast"))

    def _audiobook(self) -> None:
        book, chapter = self._rng.randrange(3), self._rng.randrange(30)
        uri = spotify_uri("show", "book", book)
        ms = self._rng.randrange(300_000, 1_500_000)
        title = f"Chapter {chapter + 1}"
        self._write(
            self._listen(book_title(book), title, "", uri, ms, "endplay", "audiobook")
        )

    def _second_device(self, track: Track) -> None:
        """Log the last track again, by a speaker, with an end a little earlier."""
        last = self.log[-1]
        if last.ms_played < 60_000 or last.medium != "track":
            return
        seconds = self._rng.randrange(5, 50)
        early = datetime.fromtimestamp(last.ended_at.timestamp() - seconds, UTC)
        ms = last.ms_played - self._rng.randrange(1_000, 9_000)
        other = PLATFORMS[3][(self._year > 2022) + (self._year > 2024)]
        self.log.append(
            replace(last, ended_at=early, ms_played=ms, platform=other, uri=track.uri)
        )

    def _burst(self, track: Track) -> None:
        """Log several rows in one second."""
        for _ in range(self._rng.randrange(2, 6)):
            row = self._row(track, self._rng.randrange(700), self._rng.choice(ENDS))
            self.log.append(replace(row, ended_at=self.log[-1].ended_at))
