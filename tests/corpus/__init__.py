"""Changes that cheat and changes that are honest, as small repositories, each with what must be found in it."""
