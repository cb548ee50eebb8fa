"""The texts that a listener reads before agreeing to a model."""

from unwrapped.music.critic.language_model.settings import ModelAddress


def terms_of(model: ModelAddress) -> list[str]:
    """The text that a listener reads before a model writes a verdict."""
    where = f"{model.host}, on this machine" if model.is_here else model.host
    return [
        f"The operator of this service has set up a language model that can write your"
        f" verdicts: {model.name}, at {where}. It is asked only when you request a verdict,"
        " and only if you agree.",
        *what_leaves(model),
        "You can withdraw your consent at any time; the model is then not asked again."
        " Verdicts that it wrote stay until your account is deleted. If the operator changes"
        " the model or its address, you are asked again.",
    ]


def what_leaves(model: ModelAddress) -> list[str]:
    """What is sent to a model, and what happens to its answer."""
    return [
        f"What leaves this machine for {model.host} each time: figures about your listening"
        " in that period (totals, shares, ranks, dates, hours of the day), and the names of"
        " the artists, tracks and albums with the most notable figures, with their plays. No single"
        " listen, and nothing about an account: no name, no address, no key.",
        "Listens that came from Spotify's API are left out, and so are those that another"
        " service got from it: Spotify's terms forbid giving them to a model.",
        f"The operator of {model.host} can read what is sent, and may keep it. It cannot be"
        " taken back.",
        "What the model writes is checked against those figures before you see it. If it"
        " does not pass, the text of the built-in critic (“the house”) replaces it. The"
        " check finds wrong figures and names, not bad taste: read the verdict before you"
        " share it.",
    ]
