"""What the verdicts of the house critic on 200 made-up listeners have in common.

Prints the rows of docs/benchmarks.md; ends with an error if a limit is exceeded.
"""

import itertools
import sys
from collections import Counter

import click

from examples.population import population
from tests.music.critic.composition.wordings import wordings
from tests.music.critic.listeners import profile_of
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.small_history import is_small

MEAN_OVERLAP, MOST_SHOWN, MOST_OFTEN = 0.6, 0.16, 0.04


@click.command()
@click.option("--listeners", default=200, show_default=True)
def main(listeners: int) -> None:
    """Judge a number of listeners and compare their verdicts."""
    profiles = [profile_of(person) for person in population(listeners)]
    verdicts = [HouseCritic().judge(one) for one in profiles if not is_small(one)]
    rules = [{o.rule for o in verdict.observations} for verdict in verdicts]
    shared = [len(one & other) for one, other in itertools.combinations(rules, 2)]
    shown = Counter(itertools.chain.from_iterable(rules))
    (most, count), *_ = shown.most_common(1)
    hidden = [rule.name for rule in RULES if not shown[rule.name]]
    texts = {(v.title, *(o.text for o in v.observations)) for v in verdicts}
    mean, share = sum(shared) / len(shared), count / len(verdicts)
    print(f"| observations that two of {len(verdicts)} made-up listeners share, mean | {mean:.2f} of 6 | | {MEAN_OVERLAP} |")  # fmt: skip
    print(f"| the rule shown to most of them: {most} | {share:.0%} | | {MOST_SHOWN:.0%} |")  # fmt: skip
    print(f"| rules shown to nobody, of {len(RULES)}: {', '.join(hidden) or 'none'} | {len(hidden)} | | |")  # fmt: skip
    print(f"| portraits that are alike | {len(verdicts) - len(texts)} | | 0 |")
    used = Counter(itertools.chain.from_iterable(map(wordings, verdicts)))
    (wording, times), *_ = used.most_common(1)
    often = times / len(verdicts)
    print(f"| the wording given to most of them: {wording[:40]!r}, of {len(used)} used | {often:.1%} | | {MOST_OFTEN:.0%} |")  # fmt: skip
    twice = len(verdicts) - len({v.title for v in verdicts})
    print(f"| titles given twice | {twice} | | 0 |")
    broken = mean > MEAN_OVERLAP or share > MOST_SHOWN or len(texts) < len(verdicts)
    sys.exit(broken or bool(twice) or often > MOST_OFTEN)


if __name__ == "__main__":
    main()
