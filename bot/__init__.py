"""Maestro's engine: a conversation is an append-only list of events; hearing, advancing and saying are all it does."""
