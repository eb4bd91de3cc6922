"""What the approved plan says: whether it names what was found, and tells how an expectation turns."""
