"""What a model costs, in dollars per million tokens. Estimates for the budget, not for book-keeping.

The longest prefix of the model's name wins, after a provider's name and "/" are taken off. An unknown model is taken
to be dear, so that a budget is rather kept too strictly than broken.
"""

from dataclasses import dataclass

from bot.domain.work import Usage

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens: fresh input, input from the server's cache, output."""

    input: float
    cached: float
    output: float


CAUTIOUS = Price(3.0, 3.0, 15.0)

PRICES = {
    "scripted": Price(0.0, 0.0, 0.0),
    "gpt-5": Price(1.25, 0.125, 10.0),
    "gpt-5-mini": Price(0.25, 0.025, 2.0),
    "gpt-5-nano": Price(0.05, 0.005, 0.4),
    "gpt-5-pro": Price(15.0, 15.0, 120.0),
    "gpt-4.1": Price(2.0, 0.5, 8.0),
    "gpt-4.1-mini": Price(0.4, 0.1, 1.6),
    "gpt-4.1-nano": Price(0.1, 0.025, 0.4),
    "gpt-4o": Price(2.5, 1.25, 10.0),
    "gpt-4o-mini": Price(0.15, 0.075, 0.6),
    "o3": Price(2.0, 0.5, 8.0),
    "o3-pro": Price(20.0, 20.0, 80.0),
    "o4-mini": Price(1.1, 0.275, 4.4),
    "claude-opus": Price(15.0, 1.5, 75.0),
    "claude-sonnet": Price(3.0, 0.3, 15.0),
    "claude-haiku": Price(1.0, 0.1, 5.0),
}


def price_of(model: str) -> Price:
    """The price in force for a model's name."""
    name = model.rsplit("/", 1)[-1].lower()
    known = max((prefix for prefix in PRICES if name.startswith(prefix)), key=len, default="")
    return PRICES.get(known, CAUTIOUS)


def priced(price: Price, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> Usage:
    """Usage with its cost; `cached_tokens` are part of `input_tokens`."""
    fresh = max(input_tokens - cached_tokens, 0)
    usd = (fresh * price.input + cached_tokens * price.cached + output_tokens * price.output) / MILLION
    return Usage(input_tokens=input_tokens, output_tokens=output_tokens, cached_tokens=cached_tokens, usd=round(usd, 8))
