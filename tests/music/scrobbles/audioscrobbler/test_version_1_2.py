"""Audioscrobbler 1.2 over HTTP: handshake, now playing, submission, and its refusals."""

import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlmodel import col

from tests.auth.logs import written_log
from tests.conftest import Configure
from tests.music.scrobbles.audioscrobbler.conftest import NAME, Anna
from unwrapped.core.config import Settings
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.music.scrobbles.audioscrobbler.mounts import MOST_BYTES
from unwrapped.music.scrobbles.models import ScrobblingSession
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.scrobbles.tokens import ScrobblingTokenService, md5

BASE = "/apis/audioscrobbler/1.2/"
AT = 1_700_000_000


def handshake(anna: Anna, **over: object) -> dict[str, str]:
    """What mpdscribble sends."""
    now = int(time.time())
    sent = {"hs": "true", "p": "1.2", "c": "mdc", "v": "0.24", "u": NAME, "t": now, "a": anna.proof(now)}  # fmt: skip
    return {name: str(said) for name, said in (sent | over).items()}


async def shake_hands(anna: Anna, base: str = BASE, **over: Any) -> list[str]:
    """The lines of the answer."""
    answer = await anna.client.get(f"{base}?{urlencode(handshake(anna, **over))}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "\r" not in answer.text
    assert answer.text.endswith("\n")
    return answer.text.split("\n")[:-1]


async def post(anna: Anna, address: str, **form: object) -> str:
    """The answer to a form, which is always answered with 200."""
    answer = await anna.client.post(
        urlsplit(address).path, data={name: str(said) for name, said in form.items()}
    )
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_a_client_opens_a_session_and_submits(anna: Anna) -> None:
    ok, session, playing, submission = await shake_hands(anna)
    assert ok == "OK"
    assert playing == "https://testserver/apis/audioscrobbler/1.2/nowplaying"
    assert submission == "https://testserver/apis/audioscrobbler/1.2/submission"
    now = {"s": session, "a": "Björk", "t": "Hyperballad", "b": "Post", "l": 321}
    assert await post(anna, playing, **now) == "OK\n"
    shown = await anna.service.playing(anna.user_id)
    assert shown is not None
    assert (shown.title, shown.length_ms) == ("Hyperballad", 321_000)
    play = {
        "a[0]": "Björk",
        "t[0]": "Hyperballad",
        "i[0]": AT,
        "o[0]": "P",
        "l[0]": 321,
    }
    assert await post(anna, submission, s=session, **play) == "OK\n"
    assert await anna.heard() == [("Björk", "Hyperballad", AT)]
    # The answer was lost: the client sends it again.
    assert await post(anna, submission, s=session, **play) == "OK\n"
    assert await anna.heard() == [("Björk", "Hyperballad", AT)]
    assert await anna.noted() == (f"POST {urlsplit(submission).path}", "OK", None)


async def test_every_spelling_of_the_address_works(anna: Anna) -> None:
    for base in ("/", BASE, BASE.rstrip("/"), f"https://testserver/{BASE}/"):
        assert (await shake_hands(anna, base))[0] == "OK", base


async def test_the_root_stays_the_page_without_a_handshake(anna: Anna) -> None:
    for query in ("", "?hs=false", "?p=1.2", "?ohs=true"):
        page = await anna.client.get(f"/{query}", headers={"Accept": "text/html"})
        assert page.status_code == 303
        assert page.headers["location"] == "/sign-in"


HANDSHAKES: list[tuple[dict[str, Any], str]] = [
    ({"u": "nobody"}, "BADAUTH"),
    ({"a": ""}, "BADAUTH"),
    ({"a": md5("wrong")}, "BADAUTH"),
    ({"u": NAME.upper()}, "OK"),
    ({"p": "1.2.1"}, "OK"),
    ({"p": "1.1"}, "FAILED This server supports the protocols 1.2 and 1.2.1 only."),
    ({"p": ""}, "FAILED This server supports the protocols 1.2 and 1.2.1 only."),
    ({"hs": "yes"}, "FAILED A client has to begin with a handshake (hs=true)."),
]


async def test_a_handshake_is_answered_in_one_word(anna: Anna) -> None:
    for over, answer in HANDSHAKES:
        assert (await shake_hands(anna, **over))[0] == answer, over


async def test_a_wrong_clock_is_reported(anna: Anna) -> None:
    for away in (-301, 301, 86_400):
        then = int(time.time()) + away
        assert await shake_hands(anna, t=then, a=anna.proof(then)) == ["BADTIME"]
        _, answered, reason = await anna.noted()
        assert answered == "BADTIME"
        assert reason is not None
        assert "clock" in reason
        # A client that does not know the token learns nothing about clocks.
        assert await shake_hands(anna, t=then, a=md5("wrong")) == ["BADAUTH"]


async def test_a_session_of_the_other_dialect_opens_one(anna: Anna) -> None:
    """1.2.1: `sk` in place of a password."""
    key = await anna.sign_in()
    assert (await shake_hands(anna, p="1.2.1", api_key="x", sk=key, a="?"))[0] == "OK"
    assert await shake_hands(anna, p="1.2.1", api_key="x", sk="?", a="?") == ["BADAUTH"]


async def test_an_ended_session_makes_clients_open_a_new_one(anna: Anna) -> None:
    _, session, playing, submission = await shake_hands(anna)
    play = {"a": "A", "t": "T", "a[0]": "A", "t[0]": "T", "i[0]": AT}
    for unknown in ("", "x", session[:10], await anna.sign_in()):
        assert await post(anna, submission, s=unknown, **play) == "BADSESSION\n"
        assert await post(anna, playing, s=unknown, **play) == "BADSESSION\n"
    await anna.session.execute(
        update(ScrobblingSession).values(expires_at=col(ScrobblingSession.created_at))
    )
    assert await post(anna, submission, s=session, **play) == "BADSESSION\n"
    assert await anna.heard() == []
    _, session, _, submission = await shake_hands(anna)
    assert await post(anna, submission, s=session, **play) == "OK\n"
    assert await anna.heard() == [("A", "T", AT)]
    tokens = ScrobblingTokenService(anna.session, anna.resources.cipher)
    await tokens.revoke(anna.user_id, anna.token_row.id)
    assert await post(anna, submission, s=session, **play) == "BADSESSION\n"
    assert await shake_hands(anna) == ["BADAUTH"]


async def test_of_many_handshakes_the_latest_sessions_are_kept(
    anna: Anna, configure: Configure
) -> None:
    configure(ScrobbleSettings, scrobbling_sessions_per_token=2)
    opened = []
    for _ in range(3):
        opened.append((await shake_hands(anna))[1:])
        await anna.session.execute(  # all rows of a transaction have the same time
            update(ScrobblingSession).values(
                created_at=col(ScrobblingSession.created_at) - timedelta(seconds=1)
            )
        )
    answers = [
        await post(anna, playing, s=session, a="A", t="T")
        for session, playing, _ in opened
    ]
    assert answers == ["BADSESSION\n", "OK\n", "OK\n"]


async def test_invalid_plays_never_block_later_ones(anna: Anna) -> None:
    """Clients repeat a batch until the answer is "OK", before they send anything else."""
    _, session, _, submission = await shake_hands(anna)
    rows = [("A", "T", AT, ""), ("", "T", AT, ""), ("A", "U", 0, ""), ("A", "V", AT, "S")]  # fmt: skip
    form: dict[str, object] = {"s": session}
    for index, (artist, title, at, rating) in enumerate(rows):
        form |= {f"a[{index}]": artist, f"t[{index}]": title, f"i[{index}]": at}
        form |= {f"o[{index}]": "P", f"r[{index}]": rating}
    assert await post(anna, submission, **form) == "OK\n"
    assert await anna.heard() == [("A", "T", AT)]
    _, answered, reason = await anna.noted()
    assert answered == "OK"
    assert reason is not None
    assert "1: the artist is empty" in reason


async def test_mpdscribble_sends_the_end_of_a_play(anna: Anna) -> None:
    """Its plays go into a log of ends; those of others, whatever their token's name, do not."""
    for client, log in (("mdc", "scrobbled_here_end"), ("qts", "scrobbled_here")):
        _, session, _, submission = await shake_hands(anna, c=client)
        at = AT + (3600 if client == "qts" else 0)
        play = {"a[0]": "A", "t[0]": client, "i[0]": at, "l[0]": 31}
        assert await post(anna, submission, s=session, **play) == "OK\n"
        await anna.heard()
        listed = await ListenService(anna.session).list_listens(
            anna.user_id, ListenFilter(zone=ZoneInfo("UTC")), 1, None
        )
        assert (listed.items[0].title, listed.items[0].source) == (client, log)


async def test_the_size_of_a_batch_and_of_a_body_is_limited(anna: Anna) -> None:
    _, session, _, submission = await shake_hands(anna)
    form = {f"a[{index}]": "A" for index in range(51)}
    answer = await post(anna, submission, s=session, **form)
    assert answer == "FAILED At most 50 plays can be sent at once.\n"
    large = await anna.client.post(urlsplit(submission).path, content=b"s=" + b"y" * MOST_BYTES)  # fmt: skip
    assert (large.status_code, large.text[:7]) == (200, "FAILED ")
    many = await anna.client.post(urlsplit(submission).path, content=b"&".join([b"a=1"] * 3000))  # fmt: skip
    assert many.text == "FAILED Too many parameters.\n"


async def test_no_answer_is_a_page(anna: Anna) -> None:
    html = {"Accept": "text/html"}
    nowhere = await anna.client.get(f"{BASE}nowhere", headers=html)
    wrong = await anna.client.get(f"{BASE}submission", headers=html)
    for answer in (nowhere, wrong):
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.text.startswith("FAILED ")


async def test_a_client_tries_again_if_the_inbox_is_full(
    anna: Anna, configure: Configure
) -> None:
    _, session, _, submission = await shake_hands(anna)
    configure(ScrobbleSettings, scrobbles_waiting_per_user=1_000)
    form: dict[str, object] = {"s": session}
    for batch in range(20):
        for row in range(50):
            form |= {f"a[{row}]": "A", f"t[{row}]": "T", f"i[{row}]": AT + 50 * batch + row}  # fmt: skip
        assert await post(anna, submission, **form) == "OK\n"
    answer = await anna.client.post(
        urlsplit(submission).path,
        data={"s": session, "a[0]": "A", "t[0]": "U", "i[0]": str(AT)},
    )
    assert (answer.status_code, answer.text[:7]) == (503, "FAILED ")
    assert "OK" not in answer.text


@pytest.mark.parametrize(
    ("backend_url", "asked", "given"),
    [
        (None, "http://testserver/", "http://testserver/"),
        ("https://testserver", "http://testserver/", "https://testserver/"),
        (
            "https://elsewhere.example",
            "http://127.0.0.1:8000/",
            "http://127.0.0.1:8000/",
        ),
    ],
)
async def test_addresses_are_those_that_the_client_uses(
    anna: Anna, configure: Configure, backend_url: str | None, asked: str, given: str
) -> None:
    """An untrusted proxy cannot report that clients use HTTPS; the setting can."""
    configure(Settings, backend_url=backend_url)
    _, _, playing, submission = await shake_hands(anna, asked)
    for address in (playing, submission):
        assert address.startswith(f"{given}apis/audioscrobbler/1.2/")


async def test_no_secret_of_a_request_is_logged(anna: Anna) -> None:
    sent = handshake(anna)
    with written_log(anna.resources.settings) as log:
        answer = await anna.client.get(f"/?{urlencode(sent)}")
        session = answer.text.split("\n")[1]
        await post(anna, f"{BASE}submission", s=session)
    assert len(log.of("request.done")) == 2
    for secret in (sent["a"], session, anna.token):
        assert secret not in log.text
