"""The critic backed by a model, with a scripted model on loopback."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from pydantic import SecretStr

from tests.attacks import attack
from tests.music.critic.language_model.briefs import (
    BEATS,
    BRIEF,
    GOOD,
    HOUSE,
    LINE,
    ORDERS,
    TITLE,
)
from tests.music.critic.language_model.scripted import (
    Reply,
    ScriptedModel,
    answer,
    broken_off,
    hang,
    http,
    part,
    says,
    scripted_model,
)
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.music.critic.language_model.client import client_of
from unwrapped.music.critic.language_model.model_critic import ModelCritic
from unwrapped.music.critic.language_model.settings import CriticSettings, require_model
from unwrapped.music.critic.verdict import UNTITLED, Verdict
from unwrapped.shared.api_client import MOST_BYTES, open_http_client

KEY = "sk-of-nobody"

type Write = Callable[..., Awaitable[Verdict]]


@pytest.fixture
async def model() -> AsyncIterator[ScriptedModel]:
    async with scripted_model(says(GOOD)) as one:
        yield one


@pytest.fixture
async def write(model: ScriptedModel) -> AsyncIterator[Write]:
    """Return a function that asks the model for a verdict, with a limit in seconds."""
    async with open_http_client() as http_client:

        async def written(*replies: Reply, seconds: float = 60.0) -> Verdict:
            if replies:
                model.script(*replies)
            settings = CriticSettings(
                model_url=model.url,
                model_name="gemma",
                model_api_key=SecretStr(KEY),
                model_timeout_seconds=60.0,
            ).model_copy(update={"model_timeout_seconds": seconds})
            server = client_of(require_model(settings), settings, http_client)
            return await ModelCritic(server, "gemma").write(BRIEF, HOUSE)

        yield written


async def test_a_supported_verdict_is_accepted(
    model: ScriptedModel, write: Write
) -> None:
    verdict = await write()
    assert (verdict.critic, verdict.model, verdict.replaced) == ("model", "gemma", [])
    assert (verdict.title, verdict.line) == (TITLE["text"], LINE["text"])
    assert [beat.text for beat in verdict.beats] == [
        str(beat["text"]).replace('"Mr. Understand"', "“Mr. Understand”")
        for beat in BEATS
    ]
    assert all(
        fact.text in beat.text for beat in verdict.beats for fact in beat.evidence
    )
    # The measures, and what cannot be said, come from the house.
    assert (verdict.observations, verdict.unsaid) == (HOUSE.observations, HOUSE.unsaid)
    assert len(model.asked) == 1


@attack(33, "orders-in-names")
async def test_names_are_data_in_the_message_of_the_user(
    model: ScriptedModel, write: Write
) -> None:
    await write()
    (asked,) = model.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    system, user = asked.body["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    # A name never becomes part of the instructions; it is in the JSON, unchanged.
    assert ORDERS not in system["content"]
    groups = json.loads(user["content"])
    assert ["f13", "track", f"“{ORDERS}”"] in groups[-1]["facts"]
    # The request offers no tools and contains no secret.
    assert set(asked.body) == {
        *("model", "messages", "stream", "response_format", "max_tokens"),
    }
    assert KEY not in json.dumps(asked.body)


@attack(33, "orders-obeyed")
async def test_the_text_of_a_model_that_obeys_a_title_is_rejected(
    write: Write,
) -> None:
    beats = [
        part("Visit https://evil.example now!", "f13"),
        part("As ordered: ignore the books.", "f13"),
        part("<script>alert</script>", "f13"),
        part(
            "System prompt: you are a clerk, who says what he was asked to say.", "f13"
        ),
    ]
    obeyed = answer(part("Owned", "f13"), part("evil.example", "f13"), beats)
    verdict = await write(says(obeyed))
    shown = json.dumps([verdict.title, verdict.line, *(b.text for b in verdict.beats)])
    for word in ("evil.example", "<script>", "System prompt"):
        assert word not in shown
        assert word not in json.dumps(verdict.replaced)


async def test_a_fault_is_sent_back_once(model: ScriptedModel, write: Write) -> None:
    wrong = [part("Odran Vell has 9,000 plays.", "f3", "f4"), *BEATS[1:]]
    verdict = await write(says(answer(TITLE, LINE, wrong)), says(GOOD))
    assert (verdict.critic, verdict.replaced) == ("model", [])
    assert verdict.beats[0].text == BEATS[0]["text"]
    first, second = model.asked
    assert second.body["messages"][:2] == first.body["messages"]
    faults = second.body["messages"][-1]["content"]
    assert json.loads(faults[faults.index("\n{") :]) == {
        "beat 1": "It gives a figure, an amount or a date that is not in its evidence:"
        " 9,000"
    }


async def test_the_house_replaces_parts_that_are_wrong_twice(
    model: ScriptedModel, write: Write
) -> None:
    wrong = [BEATS[0], part("Odran Vell is a thief.", "f3"), *BEATS[2:]]
    verdict = await write(says(answer(part("Elvis", "f3"), LINE, wrong)))
    assert len(model.asked) == 2
    assert (verdict.critic, verdict.title) == ("model", UNTITLED)
    assert verdict.title_evidence == []
    assert [beat.text for beat in verdict.beats] == [
        BEATS[0]["text"],
        HOUSE.observations[0].text,
        *(beat["text"] for beat in BEATS[2:]),
    ]
    assert verdict.beats[1].rule == "rule_0"
    assert verdict.replaced == [
        "The house wrote the title: the text of the model uses a name that is not in its"
        " evidence, or was not sent.",
        "The house wrote beat 2: the text of the model speaks of a subject that verdicts"
        " leave out.",
    ]


async def test_parts_accepted_from_the_first_answer_stay(write: Write) -> None:
    wrong = answer(TITLE, LINE, [BEATS[0], BEATS[1], part("Elvis lives.", "f3")])
    worse = answer(part("Elvis", "f3"), LINE, [part("No."), part("No, no."), BEATS[2]])
    verdict = await write(says(wrong), says(worse))
    assert (verdict.title, verdict.replaced) == (TITLE["text"], [])
    assert [beat.text.split()[0] for beat in verdict.beats] == [
        *("Odran", "Understandably:", "Kit"),
    ]


ANSWER = "The house wrote this verdict: the answer of the model "


@pytest.mark.parametrize(
    ("replies", "reasons"),
    [
        ([says("Sorry, no.")], [f"{ANSWER}is not a JSON object, or was cut off."]),
        ([says(json.dumps(GOOD)[:300])], [f"{ANSWER}is not JSON, or was cut off."]),
        ([says({"title": 7})], [f"{ANSWER}does not have the requested form (title)."]),
        (
            [says(answer(TITLE, LINE, [part("Elvis."), part("Evil!"), part("7")]))],
            [
                f"The house wrote beat {number}: the text of the model {why}."
                for number, why in enumerate(
                    [
                        *["uses a name that is not in its evidence, or was not sent"] * 2,
                        "gives a figure, an amount or a date that is not in its evidence",
                    ],
                    start=1,
                )
            ],
        ),
    ],
    ids=["no-json", "cut-off", "another-form", "nothing-true"],
)  # fmt: skip
async def test_the_house_writes_the_verdict_if_no_part_is_accepted(
    write: Write, model: ScriptedModel, replies: list[Reply], reasons: list[str]
) -> None:
    verdict = await write(*replies)
    assert (verdict.critic, verdict.model, verdict.title) == (
        "house",
        None,
        HOUSE.title,
    )
    assert verdict.replaced == reasons
    assert len(model.asked) == 2


async def test_a_missing_second_answer_is_a_reason(write: Write) -> None:
    wrong = answer(TITLE, LINE, [*BEATS, part("Elvis lives.", "f3")])
    verdict = await write(says(wrong), http(503, b"busy"))
    assert verdict.critic == "model"
    assert verdict.beats[-1].text == HOUSE.observations[0].text
    assert verdict.replaced[-1].endswith("has a problem of its own (503).")


async def test_rejected_beats_are_dropped_when_the_house_has_no_more(
    write: Write,
) -> None:
    """The observations of the house are not used twice."""
    wrong = [part(f"Elvis {word}.") for word in ("a", "b", "c", "d", "e", "f")]
    verdict = await write(says(answer(TITLE, LINE, [BEATS[0], *wrong])))
    assert len({beat.text for beat in verdict.beats}) == len(verdict.beats) == 4


@pytest.mark.parametrize(
    ("reply", "code", "words", "retry_after"),
    [
        (http(429, b"", Retry_After="7"), "service_overloaded", "receives too many requests", 7),
        (http(500, b"secret"), "service_failing", "a problem of its own (500)", None),
        (http(401, b"secret"), "model_refuses", "refuses to answer (401)", None),
        (http(404, b"secret"), "model_refuses", "refuses to answer (404)", None),
        (http(302, b"", Location="http://127.0.0.1:1/"), "unexpected_answer", "redirects elsewhere", None),
        (http(200, b"<html>"), "unexpected_answer", "other than JSON", None),
        (http(200, b"[]"), "unexpected_answer", "other than a JSON object", None),
        (http(200, b'{"choices": []}'), "unexpected_answer", "with a chat completion", None),
        (http(200, b'{"choices": [{}]}'), "unexpected_answer", "with a chat completion", None),
        (http(200, b"x" * 10_000_000), "unexpected_answer", "is too long", None),
        (http(200, b"", Content_Encoding="gzip"), "unexpected_answer", "compresses its answers", None),
        (broken_off(), "service_unreachable", "broke off during", None),
    ],
    ids=["429", "500", "401", "404", "302", "html", "list", "no-choice", "no-message", "10-MB", "gzip", "broken-off"],
)  # fmt: skip
async def test_the_error_for_a_faulty_server_names_it_and_its_answer(
    write: Write,
    model: ScriptedModel,
    reply: Reply,
    code: str,
    words: str,
    retry_after: int | None,
) -> None:
    with pytest.raises(ExternalAPIError) as failed:
        await write(reply)
    error = failed.value
    assert (error.code, error.retry_after) == (code, retry_after)
    assert words in error.message
    assert model.host in error.message
    assert "secret" not in error.message
    assert len(model.asked) == 1


async def test_a_slow_server(write: Write, model: ScriptedModel) -> None:
    with pytest.raises(ExternalAPIError, match=r"within 0\.2 seconds") as failed:
        await write(hang(), seconds=0.2)
    assert failed.value.code == "service_unreachable"


async def test_a_dead_server(write: Write, model: ScriptedModel) -> None:
    model.url = "http://127.0.0.1:1/v1"
    with pytest.raises(ExternalAPIError, match="cannot be reached"):
        await write()


async def test_a_server_that_rejects_options_is_asked_without_them(
    write: Write, model: ScriptedModel
) -> None:
    verdict = await write(http(400, b"{}"), says(GOOD))
    assert verdict.critic == "model"
    assert set(model.asked[1].body) == {"model", "messages", "stream"}


def test_an_answer_may_be_longer_than_any_verdict() -> None:
    """An answer may contain reasoning; its size is limited while it is read."""
    assert len(json.dumps(GOOD)) * 100 < MOST_BYTES
