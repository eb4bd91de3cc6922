"""Python test files and sources, read with `ast`."""
