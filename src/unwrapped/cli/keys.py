"""`unwrapped keys`: the keys that sign access tokens."""

import click


@click.group()
def keys() -> None:
    """Show or renew the keys that sign access tokens, where they are kept in the home."""


@keys.command("list")
def list_keys() -> None:
    """Say which keys there are, and never what they are."""
    from unwrapped.core.config import load_settings
    from unwrapped.core.security import KeyRing, day_of, key_file

    settings = load_settings()
    ring = KeyRing.parse(key_file(settings).read(), settings.algorithm)
    for kid in ring.keys:
        does = "signs and verifies" if kid == ring.signing_id else "verifies"
        day = day_of(kid)
        click.echo(f"{kid:<16}  {does}" + (f"  made on {day}" if day else ""))


@keys.command()
@click.option("--keep", type=click.IntRange(1, 10), default=2, show_default=True,
              help="Keys to keep in all; tokens of a key that goes end at once.")  # fmt: skip
def rotate(keep: int) -> None:
    """Let a new key sign; those before it verify for as long as they are kept."""
    from datetime import UTC, datetime

    from unwrapped.core.config import load_settings
    from unwrapped.core.security import KeyRing, key_file

    settings = load_settings()
    today = datetime.now(UTC).date()
    kept: list[str] = []

    def renewed(text: str) -> str:
        ring = KeyRing.parse(text, settings.algorithm).rotated(today, keep)
        kept[:] = ring.keys
        return ring.text

    file = key_file(settings)
    file.change(renewed)
    click.echo(f"{kept[0]} signs from now on; kept beside it: {', '.join(kept[1:]) or 'none'}.")  # fmt: skip
    click.echo("Restart what is running: it knows only the keys that it started with.")
