"""The texts of Audioscrobbler 1.2."""

import pytest

from unwrapped.music.scrobbles.audioscrobbler.parameters import read_parameters
from unwrapped.music.scrobbles.audioscrobbler.version_1_2_messages import (
    FURTHEST_SECONDS,
    Handshake,
    Word,
    failed,
    is_handshake,
    opened,
)
from unwrapped.music.scrobbles.tokens import md5

NOW = 1_700_000_000


def test_an_opened_session_is_four_lines() -> None:
    answer = opened("key", "http://127.0.0.1:8000/apis/audioscrobbler/1.2")
    assert answer == (
        "OK\nkey\nhttp://127.0.0.1:8000/apis/audioscrobbler/1.2/nowplaying\n"
        "http://127.0.0.1:8000/apis/audioscrobbler/1.2/submission\n"
    )


def test_refusals_are_one_line_that_no_client_takes_for_success() -> None:
    answers = [*(one.answer for one in Word), failed("It's OK,\r\nyou BROKE it")]
    for answer in answers:
        assert answer.endswith("\n")
        assert answer.count("\n") == 1
        assert "OK" not in answer


@pytest.mark.parametrize(
    ("time", "is_in_time"),
    [
        (str(NOW), True),
        (str(NOW - FURTHEST_SECONDS), True),
        (str(NOW + FURTHEST_SECONDS), True),
        (str(NOW - FURTHEST_SECONDS - 1), False),
        (str(NOW + FURTHEST_SECONDS + 1), False),
        ("", False),
        ("now", False),
        ("9" * 5000, False),
    ],
)
def test_clocks_may_differ_by_minutes(time: str, *, is_in_time: bool) -> None:
    handshake = Handshake.read(read_parameters(f"hs=true&t={time}".encode(), b""))
    assert handshake.is_in_time(NOW) is is_in_time


def test_a_handshake_proves_a_token() -> None:
    proof = md5(md5("a token") + str(NOW))
    query = f"hs=true&p=1.2&c=mdc&v=0.24&u=anna&t={NOW}&a={proof}"
    parameters = read_parameters(query.encode(), b"")
    assert is_handshake(parameters)
    handshake = Handshake.read(parameters)
    assert handshake == Handshake("1.2", "mdc", "0.24", "anna", str(NOW), proof, "")
    assert handshake.proves(md5("a token"))
    assert not handshake.proves(md5("another token"))
