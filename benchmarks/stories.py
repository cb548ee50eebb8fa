"""The stories of the critic: who gets which, how one reads, which facts lines may use.

python -m benchmarks.stories                 how many of 200 made-up listeners get each
python -m benchmarks.stories --read counter   three whole texts of the story `counter`
python -m benchmarks.stories --facts         the facts that lines may use
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import click

from examples.population import population
from tests.music.critic.listeners import profile_of
from unwrapped.music.critic.composition.fact_types import Facts
from unwrapped.music.critic.composition.listener.all_facts import all_facts_of
from unwrapped.music.critic.composition.stock import Story, read_stock
from unwrapped.music.critic.composition.story_choice import (
    Rendering,
    find_rendering,
    render,
)
from unwrapped.music.critic.seeded_draws import fingerprint
from unwrapped.music.critic.small_history import is_small
from unwrapped.music.critic.weighing import weigh

TEXTS = 3
OFTEN = 0.06
"""The largest share of listeners that should get one story."""

type Listener = tuple[str, Facts]


@click.command()
@click.option("--listeners", default=200, show_default=True)
@click.option("--read", "name", help="Print texts of this story.")
@click.option("--facts", is_flag=True, help="Print the facts that lines may use.")
def main(listeners: int, name: str | None, *, facts: bool) -> None:
    """Print which stories made-up listeners get."""
    people = list(_portraits(listeners))
    stories = read_stock().stories
    if facts:
        _print_facts(one for _, one in people)
    elif name is not None:
        _print_texts(people, stories[name])
    else:
        _print_table(people, stories)


def _portraits(listeners: int) -> Iterable[Listener]:
    for profile in map(profile_of, population(listeners)):
        if not is_small(profile):
            yield fingerprint(profile), all_facts_of(profile, weigh(profile))


def _text_of(one: Listener, story: Story) -> Rendering | None:
    """The text of a story for a listener; None if it does not apply."""
    seed, facts = one
    return render(story, facts, seed)


def _print_table(people: list[Listener], stories: Mapping[str, Story]) -> None:
    names = {id(story): name for name, story in stories.items()}
    texts = (find_rendering(stories, facts, seed) for seed, facts in people)
    given = Counter(names[id(one.story)] for one in texts)
    for name, story in stories.items():
        fits = sum(_text_of(one, story) is not None for one in people)
        share = given[name] / len(people)
        often = " too often" if share > OFTEN else ""
        print(f"{name}: fits {fits}, given to {given[name]} ({share:.1%}{often})")


def _print_texts(people: list[Listener], story: Story) -> None:
    texts = [text for one in people if (text := _text_of(one, story)) is not None]
    for text in texts[:TEXTS]:
        lines = (text.opening, *text.passages, text.closing)
        print("", f"# {text.title.text}", *(said.text for said in lines), sep="\n")


def _print_facts(portraits: Iterable[Facts]) -> None:
    facts = {name: held for one in portraits for name, held in one.items()}
    for name, held in sorted(facts.items()):
        print(f"{name}: {held.label} ({held.text})")


if __name__ == "__main__":
    main()
