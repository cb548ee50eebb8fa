"""The sources of base rates.

Surveyed base rates have the median of 88 public histories and its distances to the 16 % and
84 % quantiles. Where length matters, these are of 67 whole years, with the slope that leads to
the medians of the five histories of about ten years. (People who publish their history are
young and listen much.) Where nothing was surveyed, the house assumes the values of its made-up
listeners. More in `docs/decisions/0049-base-rates-as-functions-of-length.md`.
"""

SURVEY = "88 public histories"
CHANCE = "by chance"
HOUSE = "the house's assumption"
