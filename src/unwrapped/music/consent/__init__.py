"""Consent of listeners to a language model that writes their verdicts."""
