"""What the approved plan says: `statements` of it, the `acts` that they name, whether what was found is `explained`,
and how an expectation `turned`."""
