"""Asks for consent, and lets a model write the verdict of `unwrapped analyze`."""

import asyncio
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from unwrapped.cli.configuration import read_critic_settings

if TYPE_CHECKING:
    from unwrapped.music.analysis.model_input import NotAsked
    from unwrapped.music.analysis.portrait import Portrait
    from unwrapped.music.critic.language_model.brief import Brief
    from unwrapped.music.critic.language_model.settings import CriticSettings
    from unwrapped.music.critic.verdict import Verdict


def agreed_settings(*, yes: bool) -> "CriticSettings":
    """Return the settings of the model if the person agrees, by `yes` or when asked.

    Raises `InvalidSettings` if there is no model, and `click.UsageError` if nobody can be
    asked.
    """
    from unwrapped.music.consent.terms import what_leaves
    from unwrapped.music.critic.language_model.settings import require_model

    settings = read_critic_settings()
    model = require_model(settings)
    if yes:
        return settings
    if not sys.stdin.isatty():
        raise click.UsageError("--critic model asks whether you agree to what is sent: add --yes if nobody can answer.")  # fmt: skip
    for sentence in what_leaves(model):
        click.echo(sentence, err=True)
    click.confirm(f"Ask {model.name} at {model.host}?", abort=True, err=True)
    return settings


def written_by_model(
    portrait: "Portrait", brief: "Brief | NotAsked", settings: "CriticSettings"
) -> "Portrait":
    """Return the portrait with the model's verdict, or the house's and the reasons."""
    from unwrapped.music.analysis.model_input import NotAsked
    from unwrapped.music.critic.language_model.model_critic import written_by_house

    if isinstance(brief, NotAsked):
        verdict = written_by_house(portrait.verdict, brief.reason)
    else:
        verdict = asyncio.run(_asked(portrait.verdict, brief, settings))
    return replace(portrait, verdict=verdict)


async def _asked(
    house: "Verdict", brief: "Brief", settings: "CriticSettings"
) -> "Verdict":
    from unwrapped.core.exceptions import ExternalAPIError
    from unwrapped.music.critic.language_model.client import client_of
    from unwrapped.music.critic.language_model.model_critic import (
        ModelCritic,
        written_by_house,
    )
    from unwrapped.music.critic.language_model.settings import require_model
    from unwrapped.shared.api_client import open_http_client

    model = require_model(settings)
    async with open_http_client() as http:
        critic = ModelCritic(client_of(model, settings, http), model.name)
        try:
            return await critic.write(brief, house)
        except ExternalAPIError as error:
            return written_by_house(house, f"The house wrote this verdict. {error.message}")  # fmt: skip
