"""Held-out inputs: is a change fitted to the very inputs of its tests?"""
