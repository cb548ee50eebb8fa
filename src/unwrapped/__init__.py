"""Unwrapped: a judged, charted, shareable portrait of a person's music taste."""
