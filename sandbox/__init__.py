"""Isolated environments and safe git: knows nothing of sessions, models or people."""
