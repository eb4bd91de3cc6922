"""The stage on which Maestro is tried: an embedded GitHub and a scripted model, both real servers with state.

`make demo` and the tests use the same doubles. They answer at the wire, so nothing of ours is replaced to be tested.
"""
