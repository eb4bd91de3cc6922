"""Signs in code, whatever its language: answers made for the tests, looser equality, text that hides what it does."""
