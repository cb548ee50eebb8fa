"""Agreeing to one model and no other, and withdrawing."""

from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from tests.attacks import attack
from tests.auth.factories import SignedIn, make_personal_token, sign_in
from tests.conftest import Configure
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources
from unwrapped.core.settings_sources import InvalidSettings
from unwrapped.main import configuration_of
from unwrapped.music.critic.language_model.settings import (
    CriticName,
    CriticSettings,
    check_critic,
    require_model,
)

URL = "/api/v1/music/model-consent"
SERVER = "https://api.example.org/v1"


def use(configure: Configure, name: str = "gemma", url: str = SERVER) -> None:
    """Set up a model, as the operator does."""
    configure(CriticSettings, critic=CriticName.MODEL, model_url=url, model_name=name)


async def ask(client: httpx2.AsyncClient, who: SignedIn) -> dict[str, Any]:
    answer = await client.get(URL, headers=who.headers)
    assert answer.status_code == 200, answer.text
    reply: dict[str, Any] = answer.json()
    return reply


async def agree(
    client: httpx2.AsyncClient, who: SignedIn, **over: object
) -> httpx2.Response:
    said = {"agreed": True, "host": "api.example.org", "model": "gemma"} | over
    return await client.put(URL, json=said, headers=who.headers)


async def test_without_a_model_there_is_nothing_to_agree_to(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    assert await ask(client, ada) == {
        "configured": False,
        "host": None,
        "model": None,
        "agreed": False,
        "agreed_at": None,
        "changed": False,
        "terms": [],
    }
    refused = await agree(client, ada)
    assert (refused.status_code, refused.json()["code"]) == (
        404,
        "model_not_configured",
    )


async def test_the_terms_name_host_and_model_and_what_leaves(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    use(configure)
    ada = await sign_in(resources)
    reply = await ask(client, ada)
    assert (reply["configured"], reply["agreed"], reply["changed"]) == (
        True,
        False,
        False,
    )
    text = " ".join(reply["terms"])
    for words in (
        "gemma",
        "api.example.org",
        "What leaves",
        "No single listen",
        "withdraw",
    ):
        assert words in text


async def test_agreeing_and_withdrawing(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    use(configure)
    ada, bob = await sign_in(resources), await sign_in(resources)
    agreed = await agree(client, ada)
    assert agreed.status_code == 200
    assert agreed.json()["agreed"] is True
    assert (await agree(client, ada)).status_code == 200
    assert (await ask(client, bob))["agreed"] is False
    gone = await client.delete(URL, headers=ada.headers)
    assert gone.status_code == 204
    reply = await ask(client, ada)
    assert (reply["agreed"], reply["agreed_at"], reply["changed"]) == (
        False,
        None,
        False,
    )
    assert (await client.delete(URL, headers=ada.headers)).status_code == 204


@pytest.mark.parametrize(
    "over",
    [
        {"name": "other"},
        {"url": "https://elsewhere.example/v1"},
        {"url": f"{SERVER}/x"},
    ],
    ids=["model", "host", "path"],
)
async def test_another_model_or_address_needs_a_new_consent(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
    over: dict[str, str],
) -> None:
    use(configure)
    ada = await sign_in(resources)
    await agree(client, ada)
    use(configure, **over)
    reply = await ask(client, ada)
    assert (reply["agreed"], reply["changed"]) == (False, True)
    use(configure)
    assert (await ask(client, ada))["agreed"] is True


async def test_a_consent_must_name_the_current_model(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    """The operator may change the model after a listener has read the terms."""
    use(configure)
    ada = await sign_in(resources)
    for over in ({"host": "elsewhere.example"}, {"model": "other"}):
        refused = await agree(client, ada, **over)
        assert (refused.status_code, refused.json()["code"]) == (409, "model_changed")
    assert (await agree(client, ada, agreed=False)).status_code == 422
    assert (await ask(client, ada))["agreed"] is False


async def test_a_script_cannot_agree_for_its_owner(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    use(configure)
    ada = await sign_in(resources)
    async with resources.database.session() as session:
        token = await make_personal_token(session, ada.id)
    script = SignedIn(ada.id, {"Authorization": f"Bearer {token}"})
    assert (await agree(client, script)).status_code == 403
    assert (await ask(client, script))["agreed"] is False


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "MODEL_URL and MODEL_NAME"),
        ({"model_url": SERVER}, "MODEL_URL and MODEL_NAME"),
        (
            {"model_url": "http://ollama:11434/v1", "model_name": "m"},
            "MODEL_ALLOW_HTTP",
        ),
        ({"model_url": "http://192.168.1.5/v1", "model_name": "m"}, "MODEL_ALLOW_HTTP"),
    ],
)
def test_a_service_with_an_incomplete_model_does_not_start(
    settings: Settings, values: dict[str, str], words: str
) -> None:
    used = {"critic": CriticName.MODEL} | values
    with pytest.raises(InvalidSettings, match=words):
        check_critic(configuration_of(settings).replace(CriticSettings, **used))


def test_a_model_that_is_not_in_use_need_not_be_complete(settings: Settings) -> None:
    unused = {"model_url": "http://ollama:11434/v1"}
    check_critic(configuration_of(settings).replace(CriticSettings, **unused))


@attack(32, "address-of-a-model")
@pytest.mark.parametrize(
    "url",
    [
        *("ftp://api.example.org", "file:///etc/passwd", "api.example.org", "https://"),
        *("https://user:pw@api.example.org/", "https://api.example.org/?a=b"),
        *("https://api.example.org/#x", "https://api.example.org:x/", "https://[::1"),
    ],
)
def test_invalid_addresses_of_a_model_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="write https://"):
        CriticSettings(model_url=url)


@pytest.mark.parametrize(
    ("url", "asked", "host"),
    [
        (SERVER, f"{SERVER}/chat/completions", "api.example.org"),
        (f"{SERVER}/", f"{SERVER}/chat/completions", "api.example.org"),
        (f"{SERVER}/chat/completions", f"{SERVER}/chat/completions", "api.example.org"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/chat/completions", "127.0.0.1:8080"),
    ],
)  # fmt: skip
def test_only_one_address_is_requested(url: str, asked: str, host: str) -> None:
    model = require_model(CriticSettings(model_url=url, model_name="m"))
    assert (model.completions, model.host) == (asked, host)


def test_a_key_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        CriticSettings(model_api_key=SecretStr("a\nb"))
