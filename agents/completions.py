"""A chat model that answers as OpenAI's chat completions do, outside its episode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["completion"]

LIMITS = ("max_tokens", "max_output_tokens", "num_predict")
"""What providers' classes call the length of a reply."""


def completion(model: BaseChatModel, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the model's answer to a request, or an error with its status.

    Args:
        model: Without tools.
        request: `messages` and `max_tokens`.
    """
    from langchain_core.messages import convert_to_messages

    limit = next((name for name in LIMITS if name in type(model).model_fields), None)
    if limit is not None:
        model = model.model_copy(update={limit: request["max_tokens"]})
    try:
        reply = model.invoke(convert_to_messages(request["messages"]))
    except Exception as error:  # noqa: BLE001 - whatever a provider raises
        # Its text may tell of addresses and keys, and who asks is in a closed world.
        told = f"the model gave no answer ({type(error).__name__})"
        return {"error": told, "status": 503}
    answer: dict[str, Any] = {
        "choices": [{"message": {"role": "assistant", "content": reply.text}}]
    }
    if used := reply.usage_metadata:
        answer["usage"] = {
            "prompt_tokens": used["input_tokens"],
            "completion_tokens": used["output_tokens"],
        }
    return answer
