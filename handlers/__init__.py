"""The surfaces people meet Maestro on, the settings, and the composition root."""
