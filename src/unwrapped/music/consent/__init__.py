"""Consent: which listeners let which model write their verdicts."""
