"""What Spotify's terms for developers say about the sync."""

TERMS = [
    "Spotify's terms for developers apply to data from its API. They do not apply to the"
    " export of your data that you requested from Spotify.",
    "Apps must not analyse data from the API to derive listenership metrics or profiles"
    " of users (Developer Policy III.13). Synced plays count in your analyses here like all"
    " others: turn the sync on only if you take responsibility for that.",
    "Data from the API must not be fed to a machine learning model (Developer Policy III.14,"
    " Developer Terms IV.2.1.a). This service never does that.",
    "Data from the API must not be stored indefinitely, and must be deleted when you disconnect"
    " (Developer Terms IV.3.1). Unlinking your Spotify account here deletes all plays that"
    " its API returned; turning the sync off deletes none, unless you ask for it.",
]
"""The terms that a listener reads before plays are synced."""
