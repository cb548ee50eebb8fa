"""Audioscrobbler 2.0 over HTTP: the calls of clients, and the answers."""

import time
import xml.etree.ElementTree as ET
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import make_user
from tests.auth.logs import written_log
from tests.conftest import Configure, MakeClient
from tests.music.scrobbles.audioscrobbler.conftest import NAME, Anna, make_anna
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.audioscrobbler.mounts import MOST_BYTES
from unwrapped.music.scrobbles.sessions import SessionService
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.scrobbles.tokens import ScrobblingTokenService, md5

AT = 1_700_000_000


async def test_a_client_signs_in_scrobbles_and_reads_back(anna: Anna) -> None:
    key = await anna.sign_in()
    one = await anna.call(
        "track.scrobble", sk=key, artist=" Björk ", track="Hyperballad", timestamp=AT
    )
    assert one["scrobbles"]["@attr"] == {"accepted": 1, "ignored": 0}
    assert one["scrobbles"]["scrobble"]["artist"]["#text"] == "Björk"
    batch: dict[str, object] = {}
    for index in (0, 2):
        batch |= {f"artist[{index}]": "A", f"track[{index}]": f"T{index}"}
        batch[f"timestamp[{index}]"] = AT + 60 * (index + 1)
    several = await anna.call("Track.Scrobble", sk=key, **batch)
    assert several["scrobbles"]["@attr"] == {"accepted": 2, "ignored": 0}
    assert await anna.heard() == [
        ("A", "T2", AT + 180),
        ("A", "T0", AT + 60),
        ("Björk", "Hyperballad", AT),
    ]
    assert await anna.noted() == ("POST /2.0 track.scrobble", "ok", None)


async def test_a_repeat_after_a_lost_answer_is_accepted_and_counts_once(
    anna: Anna,
) -> None:
    key = await anna.sign_in()
    play = {"artist": "A", "track": "T", "timestamp": AT}
    for _ in range(2):
        again = await anna.call("track.scrobble", sk=key, **play)
        assert again["scrobbles"]["scrobble"]["ignoredMessage"]["code"] == "0"
        assert await anna.heard() == [("A", "T", AT)]


async def test_invalid_plays_of_a_batch_are_ignored_and_named(anna: Anna) -> None:
    key = await anna.sign_in()
    future = int(time.time()) + 7200
    rows = [("A", "T", AT), ("", "T", AT), ("A", " ", AT), ("A", "T", 0), ("A", "T", future)]  # fmt: skip
    batch: dict[str, object] = {}
    for index, (artist, track, at) in enumerate(rows):
        batch |= {f"artist[{index}]": artist, f"track[{index}]": track}
        batch[f"timestamp[{index}]"] = at
    answer = (await anna.call("track.scrobble", sk=key, **batch))["scrobbles"]
    assert answer["@attr"] == {"accepted": 1, "ignored": 4}
    codes = [row["ignoredMessage"]["code"] for row in answer["scrobble"]]
    assert codes == ["0", "1", "2", "3", "4"]
    assert await anna.heard() == [("A", "T", AT)]
    _, answered, reason = await anna.noted()
    assert answered == "ok"
    assert reason is not None
    assert "1: its time is in the future" in reason


async def test_a_track_that_is_playing_is_never_a_listen(anna: Anna) -> None:
    key = await anna.sign_in()
    play = {"artist": "A", "track": "T", "duration": 200, "timestamp": AT}
    answer = await anna.call("track.updateNowPlaying", sk=key, **play)
    assert answer["nowplaying"]["ignoredMessage"]["code"] == "0"
    playing = await anna.service.playing(anna.user_id)
    assert playing is not None
    assert (playing.title, playing.length_ms) == ("T", 200_000)
    assert await anna.heard() == []
    nameless = await anna.call("track.updateNowPlaying", sk=key, track="T")
    assert nameless["nowplaying"]["ignoredMessage"]["code"] == "1"


async def test_a_proof_of_the_token_opens_a_session(anna: Anna) -> None:
    """pylast sends MD5s, and some make them from the name in lower case."""
    low, high = NAME.lower(), NAME.upper()
    for name, said in ((NAME, NAME), (NAME, low), (low, low), (high, high)):
        opened = await anna.call(
            "auth.getMobileSession",
            username=name,
            authToken=md5(said + md5(anna.token)),
        )
        assert opened["session"]["name"] == NAME
        assert opened["session"]["subscriber"] == 0


async def test_the_token_itself_is_accepted_as_a_session_key(anna: Anna) -> None:
    info = await anna.call("auth.getSessionInfo", sk=anna.token)
    assert info["application"]["session"]["name"] == NAME


REFUSED: list[tuple[str, dict[str, object], int]] = [
    ("", {}, 3),
    ("artist.getInfo", {"artist": "A"}, 3),
    ("auth.getMobileSession", {"username": NAME, "password": "wrong"}, 4),
    ("auth.getMobileSession", {"username": NAME, "authToken": md5("wrong")}, 4),
    ("auth.getMobileSession", {"username": "nobody", "authToken": md5("x")}, 4),
    ("auth.getMobileSession", {"username": NAME}, 6),
    ("auth.getSession", {}, 6),
    ("auth.getSession", {"token": "never given"}, 4),
    ("track.scrobble", {"artist": "A", "track": "T", "timestamp": AT}, 9),
    ("track.scrobble", {"sk": "wrong", "artist": "A", "track": "T"}, 9),
    ("track.love", {"sk": "", "artist": "A", "track": "T"}, 9),
    ("user.getInfo", {"user": NAME}, 9),
    ("user.getRecentTracks", {"user": NAME}, 9),
]


async def test_refusals_have_their_code_in_both_forms(anna: Anna) -> None:
    for method, parameters, error in REFUSED:
        in_json = await anna.call(method, **parameters)
        assert in_json["error"] == error, (method, parameters)
        assert in_json["message"]
        form = {"method": method} | {k: str(said) for k, said in parameters.items()}
        in_xml = await anna.client.post("/2.0/", data=form)
        assert in_xml.status_code == 200
        assert in_xml.headers["content-type"].startswith("text/xml")
        root = ET.fromstring(in_xml.content)  # noqa: S314 - written by ourselves
        assert root.find(f"error[@code='{error}']") is not None


NOTED: list[tuple[str, dict[str, object], int]] = [
    ("track.scrobble", {}, 6),
    ("track.scrobble", {f"artist[{n}]": "A" for n in range(51)}, 6),
    ("track.love", {"track": "T"}, 6),
    ("library.removeScrobble", {"artist": "A", "track": "T"}, 6),
    ("library.removeScrobble", {"artist": "A", "track": "T", "timestamp": AT}, 7),
    ("user.getInfo", {"user": "somebody-else"}, 6),
    ("user.getRecentTracks", {"user": "somebody-else"}, 6),
]


async def test_the_reason_of_a_refusal_is_stored_for_the_holder(anna: Anna) -> None:
    key = await anna.sign_in()
    for method, parameters, error in NOTED:
        answer = await anna.call(method, sk=key, **parameters)
        assert answer["error"] == error, (method, parameters)
        request, answered, reason = await anna.noted()
        assert request == f"POST /2.0 {method.lower()}"
        assert answered == f"error {error}"
        assert reason


async def test_an_app_is_granted_a_session_once(anna: Anna) -> None:
    """`auth.getToken`, the confirmation by a person, `auth.getSession`."""
    got = await anna.client.get("/2.0/", params={"method": "auth.gettoken", "format": "json"})  # fmt: skip
    request = got.json()["token"]
    waiting = await anna.call("auth.getSession", token=request)
    assert waiting["error"] == 14
    ring = anna.resources.signer.ring
    granted = SessionService(anna.session, ring, 20)
    assert await granted.confirm(request, anna.token_row.id)
    opened = await anna.call("auth.getSession", token=request)
    assert opened["session"]["name"] == NAME
    info = await anna.call("user.getInfo", sk=opened["session"]["key"])
    assert info["user"]["name"] == NAME
    assert (await anna.call("auth.getSession", token=request))["error"] in (4, 14)


async def test_sessions_end_with_their_token(anna: Anna) -> None:
    key = await anna.sign_in()
    tokens = ScrobblingTokenService(anna.session, anna.resources.cipher)
    await tokens.revoke(anna.user_id, anna.token_row.id)
    answer = await anna.call("track.love", sk=key, artist="A", track="T")
    assert answer["error"] == 9


async def test_a_token_opens_only_the_history_of_its_holder(
    anna: Anna, session: AsyncSession, resources: Resources
) -> None:
    other = (await make_user(session, username="bert")).id or 0
    made = await ScrobblingTokenService(session, resources.cipher).create(other, "x")
    opened = await anna.call(
        "auth.getMobileSession", username=NAME, password=made.token
    )
    assert opened["session"]["name"] == "bert"
    key = opened["session"]["key"]
    await anna.call("track.scrobble", sk=key, artist="A", track="T", timestamp=AT)
    assert await anna.heard() == []


async def test_recent_tracks_are_paged_and_bounded(anna: Anna) -> None:
    key = await anna.sign_in()
    for number in range(5):
        play = {"artist": "A", "track": f"T{number}", "timestamp": AT + 60 * number}
        await anna.call("track.scrobble", sk=key, album="B", **play)
    await anna.heard()
    await anna.call("track.love", sk=key, artist="a", track="t4")
    await anna.call("track.updateNowPlaying", sk=key, artist="A", track="now")

    async def read(**asked: object) -> tuple[list[str], dict[str, str]]:
        shown = (await anna.call("user.getRecentTracks", sk=key, **asked))["recenttracks"]  # fmt: skip
        return [one["name"] for one in shown["track"]], shown["@attr"]

    names, counts = await read(user=NAME.lower(), limit=2)
    assert names == ["now", "T4", "T3"]
    assert counts == {"user": NAME, "page": "1", "perPage": "2", "total": "5", "totalPages": "3"}  # fmt: skip
    assert (await read(limit=2, page=3))[0] == ["now", "T0"]
    assert (await read(limit=2, page=10**30))[0] == ["now"]
    assert (await read(limit="x", page=-3))[1]["perPage"] == "50"
    assert (await read(limit=10**30))[1]["perPage"] == "200"
    bounds = {"from": AT, "to": AT + 120}
    assert (await read(**bounds))[0] == ["now", "T1"]
    assert (await read(**{"from": 10**30, "to": -(10**30)}))[0] == ["now"]
    shown = await anna.call("user.getRecentTracks", sk=key, extended=1)
    loved = {one["name"]: one["loved"] for one in shown["recenttracks"]["track"]}
    assert (loved["T4"], loved["T3"]) == ("1", "0")


async def test_a_person_has_the_totals_of_the_whole_history(
    make_client: MakeClient, common_resources: Resources
) -> None:
    client = make_client(common_resources)
    async with common_resources.database.session() as session:
        anna = await make_anna(client, session, common_resources)
    for number in range(3):
        play = {"artist": "A", "track": f"T{number}", "timestamp": AT + 60 * number}
        await anna.call("track.scrobble", sk=anna.token, **play)
    assert len(await anna.heard()) == 3
    info = (await anna.call("user.getInfo", sk=anna.token))["user"]
    assert (info["playcount"], info["artist_count"], info["track_count"]) == ("3", "1", "3")  # fmt: skip
    assert info["url"] == "https://testserver/"


async def test_a_scrobble_is_removed_and_a_track_unloved(anna: Anna) -> None:
    key = await anna.sign_in()
    play = {"artist": "A", "track": "T", "timestamp": AT}
    await anna.call("track.scrobble", sk=key, **play)
    done = {"lfm": {"status": "ok"}}
    assert await anna.call("library.removeScrobble", sk=key, **play) == done
    assert await anna.heard() == []
    assert await anna.call("track.love", sk=key, artist="A", track="T") == done
    assert await anna.call("track.unlove", sk=key, artist="A", track="T") == done
    answer = await anna.client.post("/2.0/", data={"method": "track.love", "sk": key, "artist": "A", "track": "T"})  # fmt: skip
    assert answer.text.endswith('<lfm status="ok"></lfm>\n')


async def test_every_spelling_of_the_address_works(anna: Anna) -> None:
    query = urlencode({"method": "user.getinfo", "sk": anna.token})
    for path in ("2.0", "2.0/", "/2.0//", "apis/audioscrobbler/2.0", "apis/audioscrobbler/2.0/"):  # fmt: skip
        address = f"https://testserver/{path}?{query}"
        got = await anna.client.get(address)
        assert got.status_code == 200, path
        assert "<name>Anna</name>" in got.text
        # web-scrobbler sends everything in the query of an empty POST.
        posted = await anna.client.post(f"{address}&format=json")
        assert posted.json()["user"]["name"] == NAME


async def test_a_client_can_ask_for_json(anna: Anna) -> None:
    query = {"method": "user.getinfo", "sk": anna.token}
    accept = {"Accept": "application/json"}
    by_header = await anna.client.get("/2.0/", params=query, headers=accept)
    assert by_header.headers["content-type"] == "application/json"
    # rustfm sends the form in the query, and the rest in the body.
    by_query = await anna.client.post("/2.0/?format=json", data=query)
    assert by_query.json()["user"]["name"] == NAME
    as_text = await anna.client.post(
        "/2.0/", content=urlencode(query), headers={"Content-Type": "text/plain"}
    )
    assert "<name>Anna</name>" in as_text.text


async def test_no_answer_is_a_page(anna: Anna) -> None:
    """A browser's `Accept` changes nothing, and no answer leads to a sign-in."""
    html = {"Accept": "text/html", "Cookie": "__Host-Http-session=x"}
    for method, path, status, form in (
        ("GET", "/2.0/nowhere", 404, "text/xml"),
        ("GET", "/2.0/nowhere?format=json", 404, "application/json"),
        ("PUT", "/2.0/", 405, "text/xml"),
    ):
        answer = await anna.client.request(method, path, headers=html)
        assert answer.headers["content-type"].startswith(form)
        assert "location" not in answer.headers
        assert "<html" not in answer.text
        assert status >= 400


async def test_the_size_of_a_body_is_limited(anna: Anna) -> None:
    large = await anna.client.post(
        "/2.0/?format=json", content=b"x=" + b"y" * MOST_BYTES
    )
    assert large.json()["error"] == 6
    assert "larger than" in large.json()["message"]
    many = await anna.client.post("/2.0/", content=b"&".join([b"a=1"] * 3000))
    assert '<error code="6">' in many.text


async def test_pages_of_any_origin_may_send_requests(anna: Anna) -> None:
    ask = {"Origin": "https://player.example", "Access-Control-Request-Method": "POST"}
    preflight = await anna.client.request("OPTIONS", "/2.0/", headers=ask)
    assert preflight.status_code == 204
    answer = await anna.client.post("/2.0/", headers=ask)
    for one in (preflight, answer):
        assert one.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in one.headers


async def test_clients_keep_their_plays_if_the_inbox_is_full(
    anna: Anna, configure: Configure
) -> None:
    key = await anna.sign_in()
    configure(ScrobbleSettings, scrobbles_waiting_per_user=1_000)
    for number in range(20):
        batch: dict[str, object] = {}
        for index in range(50):
            batch |= {f"artist[{index}]": "A", f"track[{index}]": "T"}
            batch[f"timestamp[{index}]"] = AT + 50 * number + index
        await anna.call("track.scrobble", sk=key, **batch)
    full = await anna.post("track.scrobble", sk=key, artist="A", track="U", timestamp=AT)  # fmt: skip
    assert full.status_code == 503
    assert full.json()["error"] == 16
    _, answered, reason = await anna.noted()
    assert answered == "error 16"
    assert reason is not None
    assert "send them again later" in reason


async def test_frequent_reads_are_limited_and_submissions_are_not(
    anna: Anna, configure: Configure
) -> None:
    configure(ScrobbleSettings, scrobble_reads_per_minute=2)
    for _ in range(2):
        await anna.call("user.getRecentTracks", sk=anna.token)
    refused = await anna.post("user.getRecentTracks", sk=anna.token)
    assert (refused.status_code, refused.json()["error"]) == (503, 29)
    await anna.call("track.scrobble", sk=anna.token, artist="A", track="T", timestamp=AT)  # fmt: skip
    assert await anna.heard() == [("A", "T", AT)]


async def test_no_secret_of_a_request_is_logged(anna: Anna) -> None:
    with written_log(anna.resources.settings) as log:
        key = await anna.sign_in()
        query = {"method": "track.love", "sk": key, "artist": "A", "track": "T"}
        await anna.client.get("/2.0/", params=query)
        await anna.client.get(
            "/2.0/", params={"method": "auth.getMobileSession", "password": anna.token}
        )
    assert len(log.of("request.done")) == 3
    for secret in (key, anna.token, md5(anna.token)):
        assert secret not in log.text


async def test_errors_outside_the_endpoints_have_the_form_of_the_protocol(
    anna: Anna,
) -> None:
    answer = await anna.client.get("/2.0/?format=json", headers={"Host": "elsewhere.example"})  # fmt: skip
    assert answer.json()["error"] == 6
