"""Tools are methods: what their schemas say is exactly what their checks accept."""

import json
import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NotRequired, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field
from typing_extensions import TypedDict

from arena.arguments import Arguments, BadArguments
from arena.spaces import ToolCalls, Utf8, sample_json
from arena.tools import Tool, tool, tools_of

Percent = Annotated[int, Field(ge=0, le=100, title="T", description="In percent.")]


class Point(TypedDict):
    x: int
    y: NotRequired[float]


class Shape(TypedDict):
    title: str
    corners: list[Point]


class Choice(TypedDict):
    percent: Percent | None


class Board:
    @tool
    def zoom(self, by: float) -> None:
        """Look closer."""

    @tool
    def draw(self, shape: Shape, title: str, fill: Percent = 100) -> str:
        """Draw a shape.

        Nothing is drawn outside the board.
        """
        return f"{title}: {len(shape['corners'])} corners, {fill}"

    def erase(self) -> None:
        """Is no tool."""


class Painting(Board):
    @tool
    def sign(self) -> None:
        """Sign it."""

    @tool
    def zoom(self, by: float, steps: int = 1) -> None:
        """Look closer, in steps."""


def taking(**types: Any) -> Tool:
    return tools_of(Board)["zoom"].taking(**types)


def problems(checked: Tool, args: object) -> list[tuple[str, str]]:
    with pytest.raises(BadArguments) as caught:
        checked.check(args)
    return [(problem.argument, str(problem)) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        pytest.param(int, "50", id="text-for-int"),
        pytest.param(int, True, id="bool-for-int"),
        pytest.param(int, 50.0, id="float-for-int"),
        pytest.param(int, None, id="null-for-int"),
        pytest.param(float, "0.5", id="text-for-float"),
        pytest.param(float, True, id="bool-for-float"),
        pytest.param(float, math.nan, id="nan"),
        pytest.param(float, math.inf, id="infinity"),
        pytest.param(list[float], [0.5, math.nan], id="nan-in-list"),
        pytest.param(dict[str, float], {"a": math.nan}, id="nan-in-dict"),
        pytest.param(Point, {"x": 1, "y": math.nan}, id="nan-in-nested"),
        pytest.param(bool, 1, id="int-for-bool"),
        pytest.param(bool, "true", id="text-for-bool"),
        pytest.param(str, 5, id="int-for-text"),
        pytest.param(Percent, 101, id="above-the-bound"),
        pytest.param(Percent, -1, id="below-the-bound"),
        pytest.param(Choice, {"percent": 101}, id="above-the-bound-of-an-optional"),
        pytest.param(Literal["a", "b"], "c", id="not-among-the-choices"),
        pytest.param(list[int], "12", id="text-for-list"),
        pytest.param(list[int], [1, "2"], id="text-in-list"),
        pytest.param(Point, {"x": "1"}, id="text-in-nested"),
        pytest.param(Point, {"x": True}, id="bool-in-nested"),
        pytest.param(Point, {"x": 1, "z": 1}, id="unknown-in-nested"),
        pytest.param(Point, {}, id="missing-in-nested"),
        pytest.param(list[Point], [{"x": "1"}], id="text-in-nested-in-list"),
        pytest.param(dict[str, int], {"a": "1"}, id="text-in-dict"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: Any, given: object) -> None:
    (argument, sentence), *_ = problems(taking(value=kind), {"value": given})
    assert argument.partition(".")[0] == "value"
    assert sentence.startswith(f"{argument}: ")


def test_nested_arguments_are_strict_in_every_registered_environment() -> None:
    from arena.registry import make_env

    guess = make_env("NumberGuessing-v1", {}).tools("player-1")["guess"]
    right = {"number": 1, "predictions": {"player-2": 50}}
    assert guess.check(right) == right
    for wrong in ("50", True, 50.0):
        found = problems(guess, {"number": 1, "predictions": {"player-2": wrong}})
        assert [argument for argument, _ in found] == ["predictions.player-2"]


def test_an_int_is_a_float() -> None:
    assert taking(by=float).check({"by": 2}) == {"by": 2.0}


def test_an_unknown_argument_is_answered_with_the_nearest_name() -> None:
    found = dict(problems(taking(number=int, size=int), {"nubmer": 1, "size": 2}))
    assert "did you mean 'number'?" in found["nubmer"]
    assert found["number"] == "number: is missing"


def test_an_unknown_argument_that_is_near_to_none_is_answered_with_all() -> None:
    found = dict(problems(taking(size=int, by=int), {"size": 1, "by": 1, "qqq": 1}))
    assert "known: ['by', 'size']" in found["qqq"]


def test_an_unknown_field_of_a_nested_argument_is_answered_with_its_own_fields() -> (
    None
):
    found = dict(
        problems(taking(where=Shape), {"where": {"titel": "a", "corners": []}})
    )
    assert "did you mean 'title'?" in found["where.titel"]


def test_every_problem_has_its_sentence() -> None:
    found = problems(tools_of(Board)["draw"], {"fill": "all", "titel": "x"})
    assert {"fill", "shape", "title", "titel"} == {argument for argument, _ in found}


@pytest.mark.parametrize("args", [None, [], "by", 3, {1: 2}], ids=repr)
def test_what_is_no_object_of_named_arguments_is_refused(args: object) -> None:
    assert problems(tools_of(Board)["zoom"], args)


def test_a_sentence_stays_short_for_a_long_value() -> None:
    ((_, sentence),) = problems(taking(by=int), {"by": "x" * 10_000})
    assert len(sentence) < 200


def test_an_argument_with_a_default_may_be_left_out() -> None:
    args: dict[str, object] = {"shape": {"title": "t", "corners": []}, "title": "u"}
    assert tools_of(Board)["draw"].check(args) == args


def test_the_constructor_of_a_class_without_one_takes_nothing() -> None:
    class Plain: ...

    assert Arguments.of_class(Plain).check({}) == {}
    with pytest.raises(BadArguments, match="extra"):
        Arguments.of_class(Plain).check({"extra": 1})


def test_the_schema_is_the_signature() -> None:
    draw = tools_of(Board)["draw"]
    assert draw.parameters == {
        "type": "object",
        "properties": {
            "shape": {"$ref": "#/$defs/Shape"},
            "title": {"type": "string"},
            "fill": {
                "type": "integer",
                "minimum": 0,
                "maximum": 100,
                "description": "In percent.",
            },
        },
        "required": ["shape", "title"],
        "additionalProperties": False,
        "$defs": {
            "Shape": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "corners": {"type": "array", "items": {"$ref": "#/$defs/Point"}},
                },
                "required": ["title", "corners"],
                "additionalProperties": False,
            },
            "Point": {
                "type": "object",
                "properties": {"x": {"type": "integer"}, "y": {"type": "number"}},
                "required": ["x"],
                "additionalProperties": False,
            },
        },
    }


def test_the_schema_of_no_arguments_is_an_empty_object() -> None:
    assert tools_of(Painting)["sign"].parameters == {
        "type": "object",
        "properties": {},
        "additionalProperties": False,
    }


def test_a_tool_in_openai_form_has_the_docstring_as_description() -> None:
    draw = tools_of(Board)["draw"]
    assert draw.schema == {
        "type": "function",
        "function": {
            "name": "draw",
            "description": "Draw a shape.\n\nNothing is drawn outside the board.",
            "parameters": draw.parameters,
        },
    }


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema inside a schema, which is no name of a property."""
    if isinstance(schema, list):
        for item in cast(list[Any], schema):
            yield from parts(item)
    elif isinstance(schema, dict):
        fields = cast(dict[str, Any], schema)
        yield fields
        for key, value in fields.items():
            named = key in ("properties", "$defs")
            yield from parts(list(value.values()) if named else value)


NESTED: dict[str, Any] = {
    "in-a-list": list[Shape],
    "in-an-optional": Shape | None,
    "bounded-optional": Choice,
    "in-a-dict": dict[str, Percent],
    "twice": tuple[Point, Point],
}


@pytest.mark.parametrize("kind", NESTED.values(), ids=NESTED)
def test_no_schema_has_titles(kind: Any) -> None:
    schema = taking(value=kind, title=str).parameters
    assert [part for part in parts(schema) if "title" in part] == []
    assert {"value", "title"} == set(schema["properties"])


@pytest.mark.parametrize("kind", NESTED.values(), ids=NESTED)
def test_every_reference_leads_to_a_definition(kind: Any) -> None:
    schema = taking(value=kind).parameters
    defined = {f"#/$defs/{name}" for name in schema.get("$defs", {})}
    used = {part["$ref"] for part in parts(schema) if "$ref" in part}
    assert defined == used


def test_taking_replaces_the_arguments_and_requires_all() -> None:
    draw = tools_of(Board)["draw"]
    narrowed = draw.taking(size=Percent)
    assert narrowed.parameters["required"] == ["size"]
    assert (draw.name, draw.description) == (narrowed.name, narrowed.description)
    assert narrowed.check({"size": 5}) == {"size": 5}
    assert "title" in draw.parameters["properties"], "the tool itself stays"
    assert problems(narrowed, {"size": 5, "title": "x"})


def test_an_argument_may_be_taken_as_optional_and_is_not_sampled() -> None:
    narrowed = tools_of(Board)["draw"].taking(("title",), size=Percent, title=str)
    assert narrowed.parameters["required"] == ["size"]
    assert narrowed.check({"size": 5}) == {"size": 5}
    assert narrowed.check({"size": 5, "title": "x"}) == {"size": 5, "title": "x"}
    drawn = sample_json(narrowed.parameters, np.random.default_rng(0))
    assert ["size"] == list(cast(dict[str, Any], drawn))


def test_taking_nothing_takes_nothing() -> None:
    assert tools_of(Board)["draw"].taking().check({}) == {}
    assert problems(tools_of(Board)["draw"].taking(), {"title": "x"})


def test_tools_stand_in_order_of_definition() -> None:
    assert list(tools_of(Board)) == ["zoom", "draw"]


def test_inherited_tools_come_first_and_an_override_keeps_its_place() -> None:
    tools = tools_of(Painting)
    assert list(tools) == ["zoom", "draw", "sign"]
    assert tools["zoom"].description == "Look closer, in steps."
    assert list(tools["zoom"].parameters["properties"]) == ["by", "steps"]


def test_an_overridden_method_is_not_called_as_its_base_has_it() -> None:
    class Sealed(Board):
        def draw(self, shape: Shape, title: str, fill: int = 0) -> str:
            return "sealed"

    draw = tools_of(Sealed).get("draw")
    assert draw is None or draw.function is Sealed.draw


def test_a_class_without_tools_has_none() -> None:
    assert tools_of(object) == {}


whole = st.integers(-(10**6), 10**6)
fractions = st.floats(-1e6, 1e6)


@st.composite
def bounded_ints(draw: st.DrawFn) -> Any:
    low, high = sorted((draw(whole), draw(whole)))
    return draw(
        st.sampled_from(
            [
                Annotated[int, Field(ge=low, le=high)],
                Annotated[int, Field(gt=low - 1, lt=high + 1)],
                Annotated[int, Field(ge=low)],
                Annotated[int, Field(le=high)],
                Annotated[int, Field(gt=low)],
                Annotated[int, Field(lt=high)],
            ]
        )
    )


@st.composite
def bounded_floats(draw: st.DrawFn) -> Any:
    low = draw(fractions)
    high = low + draw(st.floats(1e-3, 1e6))
    return draw(
        st.sampled_from(
            [
                Annotated[float, Field(ge=low, le=high)],
                Annotated[float, Field(gt=low, lt=high)],
                Annotated[float, Field(ge=low)],
                Annotated[float, Field(le=high)],
                Annotated[float, Field(gt=low)],
                Annotated[float, Field(lt=high)],
            ]
        )
    )


def sized_list(kind: Any, least: int, more: int) -> Any:
    return Annotated[list[kind], Field(min_length=least, max_length=least + more)]


def pair(first: Any, second: Any) -> Any:
    fields = {"first": first, "title": NotRequired[second]}
    return TypedDict("Pair", fields)  # pyright: ignore


def wrapped(kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    sizes = st.integers(0, 3)
    return st.one_of(
        kinds.map(lambda kind: list[kind]),
        kinds.map(lambda kind: kind | None),
        kinds.map(lambda kind: dict[str, kind]),
        st.builds(sized_list, kinds, sizes, sizes),
        st.builds(pair, kinds, kinds),
    )


leaves = st.sampled_from(
    [
        int,
        float,
        bool,
        str,
        Point,
        Shape,
        Literal["a", "b"],
        Literal["only"],
        Literal[1, 2, 3],
        Annotated[str, Field(min_length=2, max_length=5)],
        Annotated[str, Field(min_length=20)],
    ]
)
types = st.recursive(leaves, wrapped, max_leaves=3)


def sampled(kind: Any, seed: int) -> object:
    checked = taking(value=kind)
    args = sample_json(checked.parameters, np.random.default_rng(seed))
    json.dumps(args, allow_nan=False)
    return checked.check(args) and args


@settings(max_examples=50)
@given(types, st.integers(0, 2**32))
def test_a_sampled_value_always_fits(kind: Any, seed: int) -> None:
    assert sampled(kind, seed)


@settings(max_examples=50)
@given(bounded_ints(), st.integers(0, 2**32))
def test_a_sampled_int_is_within_its_bounds(kind: Any, seed: int) -> None:
    assert sampled(kind, seed)


@settings(max_examples=50)
@given(bounded_floats(), st.integers(0, 2**32))
def test_a_sampled_float_is_within_its_bounds(kind: Any, seed: int) -> None:
    assert sampled(kind, seed)


@settings(max_examples=50)
@given(types)
def test_sampling_is_a_function_of_the_generator(kind: Any) -> None:
    assert sampled(kind, 7) == sampled(kind, 7)


@settings(max_examples=50)
@given(st.integers(0, 2**32))
def test_the_space_of_tool_calls_contains_its_samples(seed: int) -> None:
    space = ToolCalls(tools_of(Painting), seed=seed)
    assert all(space.contains(space.sample()) for _ in range(5))


@pytest.mark.parametrize(
    "call",
    [
        pytest.param({"name": "erase", "args": {}}, id="unknown-tool"),
        pytest.param({"name": "zoom", "args": {"by": "1"}}, id="wrong-argument"),
        pytest.param({"name": "zoom"}, id="no-arguments"),
        pytest.param({"args": {"by": 1}}, id="no-name"),
        pytest.param({"name": [], "args": {}}, id="unhashable-name"),
        pytest.param("zoom", id="text"),
        pytest.param(None, id="nothing"),
    ],
)
def test_the_space_of_tool_calls_contains_no_bad_call(call: object) -> None:
    assert not ToolCalls(tools_of(Painting)).contains(call)


def test_a_space_of_text_contains_any_text_and_nothing_else() -> None:
    space = Utf8(seed=1)
    assert all(space.contains(text) for text in ("", "é\n\0"))
    assert not space.contains(b"text")
