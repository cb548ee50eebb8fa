"""Consent: which listeners let a model write their verdicts, and which model that is."""
