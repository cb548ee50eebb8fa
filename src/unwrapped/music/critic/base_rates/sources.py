"""The sources of base rates.

Surveyed ones are the median, and the distances to the 16 % and 84 % quantiles, of 88
public histories; where length matters, those of 67 whole years, with the slope that leads
to the medians of the five histories of about ten years. People who publish their history
are young and listen much. Where nothing was surveyed, the house assumes what its made-up
listeners have. `docs/decisions/0049-base-rates-as-functions-of-length.md` says more.
"""

SURVEY = "88 public histories"
CHANCE = "by chance"
HOUSE = "the house's assumption"
