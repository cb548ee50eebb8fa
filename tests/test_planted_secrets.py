"""What opens an account is nowhere: no log line, no column, no object holds it."""

from typing import Any
from uuid import UUID

import httpx2

from tests.attacks import attack
from tests.auth.factories import bearer
from tests.auth.logs import Written, written_log
from tests.auth.origins import FROM_OWN_PAGE
from tests.auth.personal_rows import dump
from tests.conftest import SECRET, MakeClient
from tests.exports import as_json, track
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.main import DOMAINS
from unwrapped.music.scrobbles.tokens import md5
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.kinds import kinds_of

AUTH, MUSIC = "/api/v1/auth", "/api/v1/music"
PASSWORD, NEW, WRONG = (f"planted {which} password" for which in ("1st", "2nd", "bad"))


class Round:
    """Somebody who does everything there is to do, and remembers what must not leak."""

    def __init__(self, client: httpx2.AsyncClient, resources: Resources) -> None:
        self._client = client
        self._resources = resources
        self.secrets = {
            "password": PASSWORD,
            "new password": NEW,
            "wrong password": WRONG,
            "signing key": SECRET.removeprefix("k1:"),
        }

    async def make(self) -> None:
        """All of it."""
        account = {"username": "planted-name", "password": PASSWORD}
        await self._post(f"{AUTH}/register", json=account)
        await self._sign_in_on_the_page(account)
        headers = await self._sign_in_as_client(account)
        await self._make_personal_token(headers)
        await self._scrobble(headers)
        await self._upload(headers)
        await self._share(headers)
        await self._change_password()

    async def _sign_in_on_the_page(self, account: dict[str, str]) -> None:
        wrong = account | {"password": WRONG}
        for given in (wrong, account):
            await self._client.post(
                f"{AUTH}/session", json=given, headers=FROM_OWN_PAGE
            )
        self.secrets["cookie"] = self._client.cookies[COOKIE]
        await self._client.get(f"{AUTH}/me")

    async def _sign_in_as_client(self, account: dict[str, str]) -> dict[str, str]:
        first = (await self._post(f"{AUTH}/token", data=account)).json()
        refresh = {
            "grant_type": "refresh_token",
            "refresh_token": first["refresh_token"],
        }
        second = (await self._post(f"{AUTH}/token", data=refresh)).json()
        for which, tokens in (("first", first), ("second", second)):
            for kind in ("access_token", "refresh_token"):
                self.secrets[f"{which} {kind}"] = tokens[kind]
        return bearer(second["access_token"])

    async def _make_personal_token(self, headers: dict[str, str]) -> None:
        wish = {"name": "planted", "scopes": ["read"]}
        made = await self._post(f"{AUTH}/tokens", json=wish, headers=headers)
        self.secrets["personal token"] = made.json()["token"]
        await self._client.get(f"{AUTH}/me", headers=bearer(made.json()["token"]))

    async def _scrobble(self, headers: dict[str, str]) -> None:
        path = f"{MUSIC}/scrobbles/tokens"
        made = await self._post(path, json={"name": "planted"}, headers=headers)
        token = made.json()["token"]
        self.secrets |= {"scrobbling token": token, "its MD5": md5(token)}
        metadata = {"artist_name": "An artist", "track_name": "Song"}
        body = {"payload": [{"listened_at": 1_700_000_000, "track_metadata": metadata}]}
        own = {"Authorization": f"Token {token}"}
        await self._post(f"/1/submit-listens?sk={token}", json=body, headers=own)
        await self._client.get(f"/1/validate-token?token={token}")
        await self._client.get(f"/2.0/?method=user.getInfo&sk={token}")

    async def _upload(self, headers: dict[str, str]) -> None:
        rows = [
            track("An artist", f"Song {n}", f"uri:{n}", ts=f"2025-03-{n:02}T12:00:00Z")
            for n in range(1, 20)
        ]
        path = f"{MUSIC}/uploads?name=planted.json"
        await self._post(path, content=b"waits for its import", headers=headers)
        sent = await self._post(path, content=as_json(rows), headers=headers)
        wish = {"uploads": [sent.json()["id"]]}
        begun = await self._post(f"{MUSIC}/imports", json=wish, headers=headers)
        await self._run("music.import", begun)

    async def _share(self, headers: dict[str, str]) -> None:
        begun = await self._post(f"{MUSIC}/analysis/begin?period=all", headers=headers)
        await self._run("music.analysis", begun)
        made = await self._post(
            f"{MUSIC}/shares", json={"analysis": begun.json()["id"]}, headers=headers
        )
        url = made.json()["url"]
        self.secrets["share"] = url.rpartition("/")[2]
        for accept in ("application/json", "text/html"):
            opened = await self._client.get(url, headers={"Accept": accept})
            assert opened.status_code == 200

    async def _change_password(self) -> None:
        change = {"current_password": PASSWORD, "new_password": NEW}
        await self._post(f"{AUTH}/me/password", json=change, headers=FROM_OWN_PAGE)
        self.secrets["cookie after the change"] = self._client.cookies[COOKIE]

    async def _run(self, kind: str, begun: httpx2.Response) -> None:
        runner = TaskRunner(self._resources)
        await runner.run(kinds_of(DOMAINS)[kind], UUID(begun.json()["id"]))

    async def _post(self, path: str, **more: Any) -> httpx2.Response:
        answer = await self._client.post(path, **more)
        assert answer.is_success, answer.text
        return answer


def found_in(text: str, secrets: dict[str, str]) -> list[str]:
    """The names of the secrets that a text gives away, in whole or for the most part."""
    return [
        name
        for name, secret in secrets.items()
        if any(form in text for form in (secret, secret[-40:], secret.encode().hex()))
    ]


def held_in(resources: Resources) -> str:
    """All that the object store holds."""
    files = [path for path in resources.settings.home.rglob("*") if path.is_file()]
    return "\n".join(path.read_text(errors="replace") for path in files)


def assert_whole(
    log: Written, rows: dict[str, list[str]], secrets: dict[str, str]
) -> None:
    """The round left traces where secrets are looked for, so they would be found."""
    assert len(log.of("request.done")) > 15
    assert {line["status"] for line in log.of("request.done")} >= {200, 201, 202, 401}
    assert any("planted-name" in row for row in rows["user"])
    assert any(hash_token(secrets["share"]) in row for row in rows["share"])
    assert found_in(f"as {PASSWORD}, or so", secrets) == ["password"]


@attack(38, "planted-secrets")
@attack(50, "planted-secrets")
async def test_no_secret_is_in_the_log_the_database_or_the_object_store(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    settings = cloned_resources.settings.model_copy(update={"log_level": "DEBUG"})
    person = Round(make_client(cloned_resources), cloned_resources)
    with written_log(settings) as log:
        await person.make()
    rows = await dump(cloned_resources)
    assert_whole(log, rows, person.secrets)
    assert found_in(log.text, person.secrets) == []
    for table, held in rows.items():
        assert found_in("\n".join(held), person.secrets) == [], table
    assert "waits for its import" in held_in(cloned_resources)
    assert found_in(held_in(cloned_resources), person.secrets) == []
    assert found_in(repr(cloned_resources), person.secrets) == []
