from unwrapped.music.history.recording_identity import spellings_frame


def test_spellings_frame() -> None:
    frame = spellings_frame(
        [
            ("uri", " Groß ", "Títle", "LP"),
            (None, "GROSS", "tÍTLE", None),
            (None, None, "Song", None),
            (None, "\u200b", "UNKNOWN  Track", None),
            ("uri", None, None, None),
        ]
    )
    columns = ("artist", "title", "album", "artist_key", "title_key", "nameless")
    assert frame.select(columns).rows() == [
        (" Groß ", "Títle", "LP", "gross", "títle", False),
        ("GROSS", "tÍTLE", None, "gross", "títle", False),
        ("Unknown Artist", "Song", None, "unknown artist", "song", False),
        (
            "Unknown Artist",
            "UNKNOWN  Track",
            None,
            "unknown artist",
            "unknown track",
            True,
        ),
        ("Unknown Artist", "", None, "unknown artist", "", True),
    ]
    assert frame["identity"].to_list() == [
        "uri",
        "gross\x1ftítle",
        "unknown artist\x1fsong",
        "unknown artist\x1funknown track",
        "uri",
    ]
    # Numbered in the order of identities.
    assert frame["recording"].to_list() == [4, 1, 2, 3, 4]
    assert frame["album_key"].to_list() == ["lp", None, None, None, None]
    assert frame["spelling"].to_list() == [0, 1, 2, 3, 4]


def test_names_with_the_same_concatenation_are_two_recordings() -> None:
    frame = spellings_frame([(None, "a b", "c", None), (None, "a", "b c", None)])
    assert frame["recording"].n_unique() == 2
