"""Tests of both sides compared, in no language's terms: what is gone, looser, or looks at something replaced."""
