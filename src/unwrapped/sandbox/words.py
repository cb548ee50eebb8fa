"""Parts of made-up names. None refers to a real person."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


BEGINNINGS = _words(
    "grel omb tarq yss brun vell hask pomf oddl crin zub wend luth ferv"
)
MIDDLES = _words("i o a u e av im ot ul en ag")
ENDINGS = _words("stack nidge bert wen lith quay ster mond fipp dray loom gast")
ADJECTIVES = _words(
    "Gaberdine Oblong Crimped Unposted Saltpan Limewashed Halfpenny Rivetted Overcast"
    " Wickerwork Pocketed Sidelong Unbuttoned Tarred Dovetailed"
)
NOUNS = _words(
    "Sluice Ferrule Gantry Trivet Quoin Bollard Lychgate Hasp Wherry Cruet Turnstile"
    " Ropewalk Skylight Thimblerig Bannister Milestone Causeway"
)

ODD_TITLES = (
    'The "Last" Ferry & <b>Nobody</b>',
    "=SUM(Hasp;Quoin)",
    "Лумиверга, ночью",
    "霧の梯子",
    "ظل المرفأ",
    "Ço̧ğür – Ænd",
    "The Very Long Account of the Night Ferry, as Told by Those Who Missed It, in Nine"
    " Parts and with a Great Many Interruptions: Part the Fourth, Slightly Abridged",
)
"""Titles with special characters, which clients must handle."""
