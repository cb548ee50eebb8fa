"""New names: those that imitate other names, or show nothing, are refused."""

import httpx2
import pytest
from pydantic import TypeAdapter, ValidationError

from tests.attacks import attack
from tests.auth.factories import HASHED, PASSWORD, make_user
from unwrapped.auth.names import DisplayName, Username
from unwrapped.core.process_resources import Resources

USERNAME, SHOWN = TypeAdapter[str](Username), TypeAdapter[str](DisplayName)
ZALGO = "a" + "\u0301\u0302\u0303\u0304\u0306\u0307" + "da"


@pytest.mark.parametrize(
    "name",
    [
        "ada",
        "Ada_Lovelace-1843",
        "zoë",
        "Nguyễn",
        "Ада",
        "Αθηνά",
        "עדה",
        "آدا",
        "अदा42",
        "아다린",
        "あだ子",
        "アダ子ada",
        "阿達ada",
        "ㄚㄉㄚ阿",
        "\uff41\uff44\uff41",
        "ada\U0001f600",
        "administrators",
        "rooted",
    ],
    ids=ascii,
)
def test_names_of_one_script_or_of_those_written_together_are_accepted(
    name: str,
) -> None:
    assert USERNAME.validate_python(name) == name


@attack(42, "names")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("\u0430da", "scripts"),  # Cyrillic a
        ("ad\u03b1", "scripts"),  # Greek alpha
        ("\u13aada", "scripts"),  # Cherokee go
        ("あда", "scripts"),
        ("한ひら", "scripts"),
        ("ada\u0967", "scripts"),  # a Devanagari digit
        ("ada\u200d", "invisible"),
        ("ada\u2800", "invisible"),  # Braille without dots
        ("ada\u3164", "invisible"),  # Hangul filler, a letter
        ("ada\u115f", "invisible"),
        ("ada\ufe0f", "invisible"),
        ("ada\u034f", "invisible"),
        ("ada\u202e", "invisible"),
        ("a\u061cda", "invisible"),
        (ZALGO, "marks"),
        ("\u0301ada", "marks"),
        ("admin", "reserved"),
        ("ADMIN", "reserved"),
        ("Root", "reserved"),
        ("_unwrapped_", "reserved"),
        ("a.d.m.i.n", "reserved"),
        ("\uff41\uff44\uff4d\uff49\uff4e", "reserved"),
        ("api", "reserved"),
        ("m.e", "reserved"),
    ],
    ids=ascii,
)
def test_misleading_names_are_refused(name: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        USERNAME.validate_python(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "Ада (Ada)",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f4bb",  # a joined emoji
        "Admin",
    ],
    ids=ascii,
)
def test_most_display_names_are_accepted(name: str) -> None:
    assert SHOWN.validate_python(name) == name


@pytest.mark.parametrize(
    "name",
    ["\u3164", "\u2800 \u200b", "\ufe0f", "\u202eada", "a\u2067da", "\u200fada", ZALGO],
    ids=ascii,
)
def test_empty_and_reversed_names_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        SHOWN.validate_python(name)


@pytest.mark.parametrize("name", ["admin", "\u0430da"], ids=ascii)
async def test_an_existing_account_with_such_a_name_can_sign_in(
    client: httpx2.AsyncClient, resources: Resources, name: str
) -> None:
    async with resources.database.session() as session:
        await make_user(session, username=name, password_hash=HASHED)
    form = {"username": name, "password": PASSWORD}
    signed_in = await client.post("/api/v1/auth/token", data=form)
    assert signed_in.status_code == 200
