"""Which texts of a model are accepted and which are rejected."""

from dataclasses import replace

import pytest

from tests.music.critic.language_model.briefs import (
    BEATS,
    BRIEF,
    FACTS,
    LINE,
    ORDERS,
    TITLE,
)
from tests.music.critic.language_model.scripted import part
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.language_model.answers import BadAnswer, Part, read_answer
from unwrapped.music.critic.language_model.brief import Group
from unwrapped.music.critic.language_model.checking import (
    LONGEST,
    CheckedText,
    Fault,
    check,
)

FIGURE = "gives a figure, an amount or a date that is not in its evidence"
NAME = "uses a name that is not in its evidence, or was not sent"
CLAIM = "compares, ranks or claims more than its evidence says"
OTHER = "gives a figure to a name that it does not belong to"
ADDRESS = "contains an address, or an abbreviation that looks like one"
MARK_UP = "contains mark-up or characters of another script"
UNSPEAKABLE = "speaks of a subject that verdicts leave out"


def checked(text: str, *evidence: str) -> CheckedText | Fault:
    return check(Part.model_validate(part(text, *evidence)), BRIEF, LONGEST, ())


@pytest.mark.parametrize("given", [TITLE, LINE, *BEATS])
def test_a_supported_text_is_accepted(given: dict[str, object]) -> None:
    taken = check(Part.model_validate(given), BRIEF, LONGEST, ())
    assert isinstance(taken, CheckedText), taken
    assert [one.text for one in taken.evidence if one.text not in taken.text] == []


def test_only_evidence_that_the_text_uses_is_kept() -> None:
    taken = checked("Odran Vell has 512 plays.", "f3", "f4", "f9", "f10")
    assert isinstance(taken, CheckedText)
    assert taken.evidence == [FACTS["f3"], FACTS["f4"], FACTS["f9"]]


def test_a_hostile_title_is_treated_like_any_name() -> None:
    taken = checked(f"“{ORDERS}” got 31 plays.", "f13", "f14")
    assert isinstance(taken, CheckedText), taken


@pytest.mark.parametrize(
    ("text", "evidence", "words"),
    [
        ("Odran Vell has 513 plays.", ("f3", "f4"), FIGURE),
        ("Odran Vell has 1512 plays.", ("f3", "f4"), FIGURE),
        ("Odran Vell has 512 plays.", ("f3",), FIGURE),
        ("Odran Vell got them twice.", ("f3",), FIGURE),
        ("Odran Vell got eighty of them.", ("f3",), FIGURE),
        ("Hundreds of plays for Odran Vell.", ("f3",), FIGURE),
        ("Odran Vell again, every Monday.", ("f3",), FIGURE),
        ("Odran Vell, since 2019.", ("f3",), FIGURE),
        ("Odran Vell beats Elvis Presley.", ("f3",), NAME),
        ("Presley is not Odran Vell.", ("f3",), NAME),
        ("Nobody but Kit Pavane, says Odran Vell.", ("f3",), NAME),
        ("Odran Vell wrote “Yesterday”.", ("f3",), NAME),
        ("Odran Vell wrote \"Yesterday\".", ("f3",), NAME),
        ("Odran Vell is a convicted thief.", ("f3",), UNSPEAKABLE),
        ("You are a racist.", (), UNSPEAKABLE),
        ("Odran Vell is the most played of all bands.", ("f5", "f9"), CLAIM),
        ("Kit Pavane was always there.", ("f5",), CLAIM),
        ("Kit Pavane has 38 plays a day.", ("f5", "f6"), CLAIM),
        ("Kit Pavane is better.", ("f5",), CLAIM),
        ("You should really think about what you are doing here.", (), CLAIM),
        ("Kit Pavane got 512 plays.", ("f4", "f5"), OTHER),
        ("Odran Vell has 38 plays, Kit Pavane 512 plays.", ("f3", "f4", "f5", "f6"), OTHER),
        ("Odran Vell, 512 plays, and Kit Pavane, 80 plays.", ("f3", "f4", "f5", "f10"), OTHER),
        ("You have 512 plays.", ("f4",), OTHER),
        ("Odran Vell sings at evil.example for you.", ("f3",), ADDRESS),
        ("Odran Vell: www evil", ("f3",), ADDRESS),
        ("Odran Vell <b>wins</b>.", ("f3",), MARK_UP),
        ("Odran Vell [wins](x).", ("f3",), MARK_UP),
        ("**Odran Vell** again.", ("f3",), MARK_UP),
        ("Odran Vell \N{ROCKET}", ("f3",), MARK_UP),
        ("Odran Vell has \N{FULLWIDTH DIGIT NINE} fans.", ("f3",), MARK_UP),
        ("Odran Vell and \N{CYRILLIC CAPITAL LETTER A}bba.", ("f3",), MARK_UP),
        ("Odran Vell \N{RIGHT-TO-LEFT OVERRIDE}ylno.", ("f3",), MARK_UP),
        ("Odran Vell again.", ("f3", "f99"), "cites evidence that was not sent"),
        ("Odran Vell " + "and on " * 50, ("f3",), "has more than 300 characters"),
        (" \n ", (), "is empty"),
    ],
)  # fmt: skip
def test_an_unsupported_text_is_rejected(
    text: str, evidence: tuple[str, ...], words: str
) -> None:
    fault = checked(text, *evidence)
    assert isinstance(fault, Fault), fault
    assert fault.words == words
    # The reason, which is shown beside the verdict, quotes nothing from the model.
    assert not any(name in fault.words for name in ("Odran", "evil", "Elvis"))


def test_a_repeated_text_is_rejected() -> None:
    twice = check(
        Part.model_validate(BEATS[0]), BRIEF, LONGEST, [str(BEATS[0]["text"]).upper()]
    )
    assert twice == Fault("repeats another part")


def test_figures_and_names_of_several_groups_in_one_sentence() -> None:
    both = ("f3", "f4", "f5", "f6")
    for text in (
        "Odran Vell has 512 plays, Kit Pavane 38 plays.",
        "512 plays go to Odran Vell. 38 plays went to Kit Pavane.",
        "Of 2,581 plays, Odran Vell has 512 plays.",
        "Odran Vell again. It is 512 plays by now.",
    ):
        taken = checked(text, "f1", *both)
        assert isinstance(taken, CheckedText), (text, taken)


def test_a_figure_that_two_names_have_may_be_said_of_either() -> None:
    facts = FACTS | {"f15": fact("plays of the artist", 512, "plays")}
    groups = [*BRIEF.groups, Group(about="artist", facts=["f5", "f15"])]
    brief = replace(BRIEF, facts=facts, groups=groups)
    tied = Part(text="Kit Pavane got 512 plays.", evidence=["f5", "f15"])
    assert isinstance(check(tied, brief, LONGEST, ()), CheckedText)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I cannot help with that.", "is not a JSON object, or was cut off"),
        ("", "is not a JSON object, or was cut off"),
        ('{"title": {"text": "A", "evid', "is not a JSON object, or was cut off"),
        ('{"title": {"text": "A"}, "li}', "is not JSON, or was cut off"),
        ('{"title": "A"}', "does not have the requested form (title)"),
        ("[" * 5000 + "{" * 5000 + "}", "is not JSON, or was cut off"),
    ],
)
def test_an_answer_of_another_form_is_rejected(text: str, words: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        read_answer(text)
    assert str(refused.value) == words


def test_the_reasoning_of_a_model_is_ignored() -> None:
    form = '{"title":{"text":"A","evidence":[1]},"line":{"text":"B","evidence":[]},"beats":[%s]}'
    beats = ",".join(['{"text":"C","evidence":["f1"]}'] * 3)
    said = read_answer(f"<think>{{hm}}</think>Here:\n```json\n{form % beats}\n```")
    assert [name for name, _ in said.parts()] == [
        "title",
        "line",
        "beat 1",
        "beat 2",
        "beat 3",
    ]
    assert said.title.evidence == ["1"]
