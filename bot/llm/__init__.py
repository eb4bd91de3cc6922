"""The model server: any that speaks OpenAI's Chat Completions or Responses.

`model` holds the one retry layer, `chat` and `responses` the two dialects, `faults` what can go wrong, `prices` what it
costs. The `openai` library is used nowhere else.
"""

from bot.llm.model import OpenAIModel
from bot.llm.prices import Price, price_of

__all__ = ["OpenAIModel", "Price", "price_of"]
