"""The dialogs: one field for words, which are then heard as if they had been typed in the thread."""

from pydantic import JsonValue

from handlers.slack.payloads import Thread

WORDS = "words"
"""The dialog's, its field's and its block's name."""


def change(thread: Thread) -> dict[str, JsonValue]:
    """What should be different about the plan."""
    return _dialog("Change the plan", "What should be different?", thread)


def ask(thread: Thread) -> dict[str, JsonValue]:
    """The message shortcut."""
    return _dialog("Ask Maestro", "A question, or what is to be done", thread)


def _dialog(title: str, label: str, thread: Thread) -> dict[str, JsonValue]:
    field: dict[str, JsonValue] = {
        "type": "plain_text_input",
        "action_id": WORDS,
        "multiline": True,
        "max_length": 3000,
    }
    block: dict[str, JsonValue] = {"type": "input", "block_id": WORDS, "label": _plain(label), "element": field}
    return {
        "type": "modal",
        "callback_id": WORDS,
        "private_metadata": thread.model_dump_json(),
        "title": _plain(title),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "blocks": [block],
    }


def _plain(text: str) -> dict[str, JsonValue]:
    return {"type": "plain_text", "text": text}
