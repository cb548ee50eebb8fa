"""All facts about a listener, for the lines of stories."""
