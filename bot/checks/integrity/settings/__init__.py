"""What decides how tests run and count without being a test: settings, commands, limits, and files in known places."""
