"""The HTTP side: webhooks, pages, API, live events."""
