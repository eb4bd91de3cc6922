"""Held-out inputs: is a change fitted to the very inputs of its tests?

`python` and `javascript` find the inputs of tests (`inputs`); `neighbours`, `marks` and `renaming` make others of them;
`trials` says what is tried, `copying` puts it into the test files, and `judging` runs these on both sides and compares
what they said (`seen`). What the change itself says, and could know a test by, is in `fresh`: as `literals` reads it,
and without what the plan means (`meant`). In `special` are words that mean something by themselves.
"""
