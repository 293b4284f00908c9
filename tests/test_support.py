"""The stand-ins for a model provider, as LangChain's client of OpenAI sees them."""

import json
import socket
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from langchain_openai import ChatOpenAI
from local_model import LocalModel, available
from openai_server import OpenAIServer, Reply
from pydantic import SecretStr

NUMBER = {"type": "integer", "minimum": 0, "maximum": 100}
GUESS: dict[str, Any] = {
    "name": "guess",
    "description": "Guess a number and predict the other player's.",
    "parameters": {
        "type": "object",
        "properties": {
            "number": NUMBER,
            "predictions": {
                "type": "object",
                "properties": {"player-2": NUMBER},
                "required": ["player-2"],
                "additionalProperties": False,
            },
        },
        "required": ["number", "predictions"],
        "additionalProperties": False,
    },
}
HIT: dict[str, Any] = {
    "name": "hit",
    "description": "Take another card.",
    "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
}
PICK: dict[str, Any] = {
    "name": "pick",
    "parameters": {
        "type": "object",
        "properties": {"colors": {"$ref": "#/$defs/Colors"}},
        "required": ["colors"],
        "additionalProperties": False,
        "$defs": {
            "Color": {"type": "string", "enum": ["red", "blue"]},
            "Colors": {
                "type": "array",
                "items": {"$ref": "#/$defs/Color"},
                "minItems": 1,
                "maxItems": 2,
                "uniqueItems": True,
            },
        },
    },
}


def client(server: OpenAIServer, max_retries: int = 0) -> ChatOpenAI:
    return ChatOpenAI(
        model="test-model",
        api_key=SecretStr("test"),
        base_url=server.base_url,
        max_retries=max_retries,
    )


def with_tools(
    server: OpenAIServer, *tools: dict[str, Any]
) -> Runnable[LanguageModelInput, AIMessage]:
    # LangChain annotates this method with bare generic classes.
    return client(server).bind_tools(tools)  # pyright: ignore[reportUnknownMemberType]


def test_text() -> None:
    with OpenAIServer([Reply("hello", usage=(3, 4))]) as server:
        reply = client(server).invoke("hi")
    assert reply.content == "hello"
    assert reply.response_metadata["finish_reason"] == "stop"
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["total_tokens"] == 7
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer test"
    assert request.body["messages"] == [{"role": "user", "content": "hi"}]


def test_tool_call() -> None:
    with OpenAIServer([Reply(tool_calls=(("hit", "{}"),))]) as server:
        reply = with_tools(server, HIT).invoke("hi")
    assert reply.tool_calls == [
        {"name": "hit", "args": {}, "id": "call_1", "type": "tool_call"}
    ]
    assert reply.response_metadata["finish_reason"] == "tool_calls"
    assert server.requests[0].body["tools"] == [{"type": "function", "function": HIT}]


def test_parallel_tool_calls_have_ids_of_their_own() -> None:
    calls = (("guess", '{"number": 1}'), ("hit", "{}"))
    with OpenAIServer([Reply(tool_calls=calls), Reply(tool_calls=calls)]) as server:
        model = with_tools(server, GUESS, HIT)
        replies = [model.invoke("hi"), model.invoke("hi")]
    made = [(call["name"], call["id"]) for r in replies for call in r.tool_calls]
    assert made == [
        ("guess", "call_1"),
        ("hit", "call_2"),
        ("guess", "call_3"),
        ("hit", "call_4"),
    ]


def test_raw_arguments_arrive_as_they_stand() -> None:
    with OpenAIServer([Reply(tool_calls=(("guess", '{"number": 1'),))]) as server:
        reply = with_tools(server, GUESS).invoke("hi")
    assert [call["args"] for call in reply.invalid_tool_calls] == ['{"number": 1']


def test_refusal() -> None:
    with OpenAIServer([Reply(refusal="no")]) as server:
        reply = client(server).invoke("hi")
    assert reply.additional_kwargs["refusal"] == "no"


def test_a_429_is_retried() -> None:
    limited = Reply("slow down", status=429, headers={"retry-after-ms": "1"})
    with OpenAIServer([limited, Reply("ok")]) as server:
        assert client(server, max_retries=2).invoke("hi").content == "ok"
    assert len(server.requests) == 2


def test_a_429_is_an_error_without_retries() -> None:
    limited = Reply("slow down", status=429)
    with (
        OpenAIServer([limited]) as server,
        pytest.raises(openai.RateLimitError, match="slow down"),
    ):
        client(server).invoke("hi")


def test_a_dropped_connection_raises() -> None:
    with (
        OpenAIServer([Reply(drop=True)]) as server,
        pytest.raises(openai.APIConnectionError),
    ):
        client(server).invoke("hi")
    assert len(server.requests) == 1


def test_an_exhausted_script_fails_at_once() -> None:
    with (
        OpenAIServer([]) as server,
        pytest.raises(openai.InternalServerError, match="exhausted at request 1"),
    ):
        client(server, max_retries=5).invoke("hi")
    assert len(server.requests) == 1


def test_a_script_that_raises_fails_at_once() -> None:
    def broken(body: dict[str, Any]) -> Reply:
        raise KeyError(body["model"])

    with (
        OpenAIServer(broken) as server,
        pytest.raises(openai.InternalServerError, match=r"KeyError\('test-model'\)"),
    ):
        client(server, max_retries=5).invoke("hi")


def test_streaming_is_refused() -> None:
    with (
        OpenAIServer([Reply("hello")]) as server,
        pytest.raises(openai.BadRequestError, match="does not stream"),
    ):
        list(client(server).stream("hi"))


def test_models() -> None:
    with (
        OpenAIServer([]) as server,
        urllib.request.urlopen(f"{server.base_url}/models") as response,
    ):
        assert json.load(response)["data"][0]["id"] == "test-model"


def test_concurrent_clients_each_get_their_reply() -> None:
    def echo(body: dict[str, Any]) -> Reply:
        return Reply(body["messages"][0]["content"], stall_s=0.01)

    texts = [str(number) for number in range(32)]
    with OpenAIServer(echo) as server, ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(client(server).invoke, texts))
    assert [reply.content for reply in replies] == texts
    assert len(server.requests) == 32


def stall(address: tuple[str, int]) -> socket.socket:
    body = b'{"model": "test-model", "messages": []}'
    connection = socket.create_connection(address)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


@pytest.mark.parametrize("connect", [stall, socket.create_connection])
def test_closing_waits_for_no_client(
    connect: Callable[[tuple[str, int]], socket.socket],
    capfd: pytest.CaptureFixture[str],
) -> None:
    with OpenAIServer([Reply(stall_s=60)]) as server:
        host, port = server.base_url.split("/")[2].split(":")
        connection = connect((host, int(port)))
        while connect is stall and not server.requests:
            time.sleep(0.01)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    connection.close()
    assert capfd.readouterr().err == ""


def test_a_client_that_leaves_makes_no_noise(capfd: pytest.CaptureFixture[str]) -> None:
    content = "x" * 10_000_000
    with OpenAIServer([Reply(content, stall_s=0.2), Reply("ok")]) as server:
        host, port = server.base_url.split("/")[2].split(":")
        stall((host, int(port))).close()
        time.sleep(0.5)
        assert client(server).invoke("hi").content == "ok"
    assert capfd.readouterr().err == ""


needs_model = pytest.mark.skipif(available() is not None, reason=str(available()))


@pytest.fixture(scope="module")
def local_model() -> LocalModel:
    return LocalModel(prompt_chars=1500)  # a full prompt takes most of the time


@needs_model
@pytest.mark.slow
def test_local_model_calls_tools(local_model: LocalModel) -> None:
    with OpenAIServer(local_model) as server:
        model = with_tools(server, GUESS, HIT)
        (call,) = model.invoke("Guess the number of the other player.").tool_calls
        hit = with_tools(server, HIT)
        assert hit.invoke("Do you want a card?").tool_calls[0]["args"] == {}
    assert call["name"] in {"guess", "hit"}
    if call["name"] == "guess":
        assert set(call["args"]) == {"number", "predictions"}
        assert 0 <= call["args"]["number"] <= 100
        assert 0 <= call["args"]["predictions"]["player-2"] <= 100


@needs_model
@pytest.mark.slow
def test_local_model_takes_a_conversation_and_references(
    local_model: LocalModel,
) -> None:
    history: list[dict[str, Any]] = [
        {"role": "system", "content": "You play a game of colors."},
        {"role": "user", "content": "Old talk. " * 400},
        {"role": "user", "content": [{"type": "text", "text": "Take a card."}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "hit", "arguments": "{}"},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "You got a 7."},
        {"role": "user", "content": "Pick a color."},
    ]
    with OpenAIServer(local_model) as server:
        model = with_tools(server, PICK)
        (call,) = model.invoke(history).tool_calls
    assert call["name"] == "pick"
    assert set(call["args"]["colors"]) <= {"red", "blue"}


@needs_model
@pytest.mark.slow
def test_local_model_talks(local_model: LocalModel) -> None:
    with OpenAIServer(local_model) as server:
        reply = client(server).invoke("Say hello.")
    assert reply.content
    assert not reply.tool_calls
