"""Scenario and suite files: what is wrong is named with file, line and field."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arena.errors import UnknownName, UserError
from arena.scenario import (
    find_scenarios,
    find_suites,
    load_scenario,
    load_suite,
)
from arena.toml_files import TomlError, line_of

SCENARIO = """\
description = "Guess."
environment = "arena/NumberGuessing-v1"
seeds = [1, 2]

[parameters]
players = 2
rounds = 3

[seats]
player-2 = ["level-1", "level-2"]

[limits]
turns = 40

[[scorers]]
name = "prediction-rate"

[[scorers]]
name = "payoff"
[scorers.options]
forfeit = 0.0
"""

SUITE = """\
description = "Two."

[[scenarios]]
name = "games/number-guessing"
agents = ["random"]

[[scenarios]]
name = "games/blackjack"
agents = ["random", "basic-strategy"]
epochs = 3
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def problem(load: Callable[[], object], path: Path) -> tuple[int, str]:
    """Return line and text of the error in a file."""
    with pytest.raises(TomlError) as caught:
        load()
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}, line {caught.value.line}: ")
    assert "\n" not in str(caught.value)
    return caught.value.line, str(caught.value).removeprefix(str(path))


WRONG_SCENARIOS = {
    "no-toml": ("rounds = 3", "rounds = = 3", 7, ["not valid TOML"]),
    "an-open-text": ('"Guess."', '"Guess.', 1, ["not valid TOML"]),
    "a-key-twice": ("rounds = 3", "rounds = 3\nrounds = 4", 8, ["not valid TOML"]),
    "an-open-table-at-the-end": ("forfeit = 0.0\n", "x = [1,", 21, ["not valid TOML"]),
    "unknown-field": ("seeds =", "seed =", 3, ["'seed'", "mean 'seeds'?"]),
    "unknown-field-that-is-near-to-none": (
        "seeds =",
        "zzz =",
        3,
        ["unknown field 'zzz'", "allowed: control, description, environment, items"],
    ),
    "unknown-limit": ("turns = 40", "turn = 40", 13, ["limits.turn", "mean 'turns'?"]),
    "unknown-field-of-a-scorer": (
        'name = "payoff"',
        'name = "payoff"\noption = 3',
        20,
        ["scorers.1.option", "mean 'options'?"],
    ),
    "misspelled-required-field": (
        "environment =",
        "enviroment =",
        2,
        ["'enviroment'", "mean 'environment'?"],
    ),
    "text-of-another-type": ('"Guess."', "5", 1, ["'description'", "given 5"]),
    "seeds-of-another-type": ("[1, 2]", '["a"]', 3, ["seeds.0", "given 'a'"]),
    "seeds-that-are-no-list": ("[1, 2]", "1", 3, ["seeds", "given 1"]),
    "bool-for-a-seed": ("[1, 2]", "[true]", 3, ["seeds.0", "given True"]),
    "text-for-a-limit": ("= 40", '= "40"', 13, ["limits.turns", "given '40'"]),
    "limit-out-of-bounds": ("turns = 40", "turns = 0", 13, ["limits.turns", "given 0"]),
    "a-seat-of-another-type": (
        '["level-1", "level-2"]',
        "7",
        10,
        ["seats.player-2", "given 7"],
    ),
    "scorers-that-are-no-list": (
        "seeds = [1, 2]",
        "control = 3",
        3,
        ["'control'", "given 3"],
    ),
    "missing-description": ('description = "Guess."\n', "", 1, ["'description'"]),
    "missing-environment": (
        'environment = "arena/NumberGuessing-v1"\n',
        "",
        1,
        ["field 'environment' is missing"],
    ),
    "missing-name-of-a-scorer": (
        'name = "payoff"\n',
        "",
        18,
        ["field 'scorers.1.name' is missing"],
    ),
    "unknown-environment": (
        "NumberGuessing-v1",
        "NumberGuesing-v1",
        2,
        ["environment", "'NumberGuesing-v1'", "mean 'NumberGuessing-v1'?"],
    ),
    "unknown-agent": (
        '"level-2"',
        '"levle-2"',
        10,
        ["agent 'levle-2'", "mean 'level-2'?"],
    ),
    "agent-with-a-model-but-no-provider": (
        '"level-2"',
        '"chat:gpt-5"',
        10,
        ["'chat:gpt-5'", "provider:name"],
    ),
    "unknown-seat": (
        "player-2 =",
        "plaier-2 =",
        10,
        ["seat 'plaier-2'", "mean 'player-2'?"],
    ),
    "unknown-scorer": (
        '"prediction-rate"',
        '"prediction-rat"',
        16,
        ["scorer 'prediction-rat'", "mean 'prediction-rate'?"],
    ),
    "unknown-option-of-a-scorer": (
        "forfeit =",
        "forfit =",
        21,
        ["forfit", "mean 'forfeit'?"],
    ),
    "option-of-another-type": ("= 0.0", '= "0"', 21, ["forfeit", "given '0'"]),
    "option-of-a-scorer-without-any": (
        '"prediction-rate"',
        '"prediction-rate"\noptions.forfeit = 1.0',
        17,
        ["forfeit: is not an argument here"],
    ),
    "unknown-parameter": (
        "rounds = 3",
        "round = 3",
        7,
        ["parameters.round", "mean 'rounds'?"],
    ),
    "parameter-of-another-type": (
        "rounds = 3",
        'rounds = "3"',
        7,
        ["parameters.rounds", "given '3'"],
    ),
    "parameter-out-of-bounds": (
        "players = 2",
        "players = 9",
        6,
        ["parameters.players", "given 9"],
    ),
    "unknown-control": (
        "seeds = [1, 2]",
        'control = "games/number-serie"',
        3,
        ["'games/number-serie'", "mean 'games/number-series'?"],
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "line", "named"), WRONG_SCENARIOS.values(), ids=WRONG_SCENARIOS
)
def test_an_error_in_a_scenario_is_named(
    tmp_path: Path, old: str, new: str, line: int, named: list[str]
) -> None:
    path = write(tmp_path / "mine" / "scenario.toml", changed(SCENARIO, old, new))
    found, text = problem(lambda: load_scenario(str(path.parent)), path)
    assert [name for name in named if name not in text] == []
    assert line == found, text


WRONG_SUITES = {
    "no-toml": ("epochs = 3", "epochs 3", 10, ["not valid TOML"]),
    "unknown-field": ("epochs =", "epoch =", 10, ["scenarios.1.epoch", "'epochs'?"]),
    "field-of-another-type": ("= 3", '= "3"', 10, ["scenarios.1.epochs", "given '3'"]),
    "out-of-bounds": ("= 3", "= 0", 10, ["scenarios.1.epochs", "given 0"]),
    "missing-description": ('description = "Two."\n', "", 1, ["'description'"]),
    "missing-name": (
        'name = "games/blackjack"\n',
        "",
        7,
        ["field 'scenarios.1.name' is missing"],
    ),
    "unknown-scenario": (
        "games/blackjack",
        "games/blackjak",
        8,
        ["scenario 'games/blackjak'", "mean 'games/blackjack'?"],
    ),
    "a-path-that-leads-nowhere": (
        "games/blackjack",
        "./nowhere",
        8,
        ["./nowhere"],
    ),
    "unknown-agent": (
        "basic-strategy",
        "basic-stratgy",
        9,
        ["agent 'basic-stratgy'", "mean 'basic-strategy'?"],
    ),
    "agent-with-a-model-but-no-provider": (
        "basic-strategy",
        "chat:gpt-5",
        9,
        ["'chat:gpt-5'", "provider:name"],
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "line", "named"), WRONG_SUITES.values(), ids=WRONG_SUITES
)
def test_an_error_in_a_suite_is_named(
    tmp_path: Path, old: str, new: str, line: int, named: list[str]
) -> None:
    path = write(tmp_path / "mine.toml", changed(SUITE, old, new))
    found, text = problem(lambda: load_suite(str(path)), path)
    assert [name for name in named if name not in text] == []
    assert line == found, text


def test_an_error_in_a_scenario_of_a_suite_names_the_scenarios_file(
    tmp_path: Path,
) -> None:
    wrong = changed(SCENARIO, "rounds = 3", "round = 3")
    path = write(tmp_path / "mine" / "scenario.toml", wrong)
    suite = write(tmp_path / "suite.toml", changed(SUITE, "games/blackjack", "mine"))
    line, text = problem(lambda: load_suite(str(suite)), path)
    assert (line, "parameters.round" in text) == (7, True)


@pytest.mark.parametrize(
    "text", ['description = "x"\nscenarios = []\n', 'description = "x"\n'], ids=repr
)
def test_a_suite_of_nothing_is_refused(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "suite.toml", text)
    with pytest.raises(TomlError):
        load_suite(str(path))


@pytest.mark.parametrize("scorers", ["scorers = []", "scorers = {}"], ids=repr)
def test_a_scenario_without_a_scorer_is_refused(tmp_path: Path, scorers: str) -> None:
    text = f'description = "x"\nenvironment = "Blackjack-v1"\n{scorers}\n'
    path = write(tmp_path / "scenario.toml", text)
    line, message = problem(lambda: load_scenario(str(path)), path)
    assert (line, "'scorers'" in message) == (3, True)


def test_a_misspelled_field_of_a_suite_is_named(tmp_path: Path) -> None:
    text = SUITE.replace("[[scenarios]]", "[[scenario]]")
    path = write(tmp_path / "suite.toml", text)
    line, message = problem(lambda: load_suite(str(path)), path)
    assert (line, "did you mean 'scenarios'?" in message) == (3, True), message


@pytest.mark.parametrize("name", ["./nowhere", "nowhere.toml", "/nowhere"])
@pytest.mark.parametrize("load", [load_scenario, load_suite])
def test_a_path_that_leads_nowhere_is_named(
    load: Callable[[str], object], name: str
) -> None:
    with pytest.raises(UserError, match=f"{name}: no such file or folder"):
        load(name)


def test_a_folder_without_a_scenario_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=str(tmp_path)):
        load_scenario(str(tmp_path))


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_bytes(b'description = "\xff"\n')
    with pytest.raises(UserError, match=str(path)):
        load_scenario(str(path))


def test_an_unknown_scenario_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'games/blackjack'"):
        load_scenario("games/blackjac")
    with pytest.raises(UnknownName, match="did you mean 'games/blackjack'"):
        load_scenario("blackjack")


def test_an_unknown_suite_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'quickstart'"):
        load_suite("quikstart")


def test_every_registered_scenario_and_suite_loads() -> None:
    assert {"games/blackjack", "games/number-guessing"} <= set(find_scenarios())
    assert "quickstart" in find_suites()
    for name in find_scenarios():
        assert load_scenario(name).name == name
    for name in find_suites():
        assert load_suite(name).name == name


def test_a_scenario_loads_by_folder_and_by_file(tmp_path: Path) -> None:
    path = write(tmp_path / "mine" / "scenario.toml", SCENARIO)
    by_folder, by_file = load_scenario(str(path.parent)), load_scenario(str(path))
    assert by_folder == by_file
    assert (by_file.name, by_file.path) == ("mine", path)
    assert by_file.environment == "arena/NumberGuessing-v1"
    assert by_file.content.seats == {"player-2": ["level-1", "level-2"]}
    assert by_file.content.parameters == {"players": 2, "rounds": 3}
    assert by_file.content.limits.turns == 40
    assert [s.options for s in by_file.content.scorers] == [{}, {"forfeit": 0.0}]


def test_a_scenario_file_may_have_any_name(tmp_path: Path) -> None:
    path = write(tmp_path / "guessing.toml", SCENARIO)
    assert load_scenario(str(path)).name == "guessing"


def test_a_folder_loads_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "mine" / "scenario.toml", SCENARIO)
    monkeypatch.chdir(tmp_path)
    for name in ("mine", "./mine", "mine/scenario.toml"):
        assert load_scenario(name).name == "mine"


def test_the_environment_may_be_named_without_its_prefix(tmp_path: Path) -> None:
    path = write(tmp_path / "scenario.toml", SCENARIO.replace("arena/", ""))
    assert load_scenario(str(path)).environment == "arena/NumberGuessing-v1"


def test_one_agent_of_a_seat_needs_no_list(tmp_path: Path) -> None:
    text = changed(SCENARIO, '["level-1", "level-2"]', '"level-1"')
    path = write(tmp_path / "scenario.toml", text)
    assert load_scenario(str(path)).content.seats == {"player-2": ["level-1"]}


@pytest.mark.parametrize("name", ["mine", "./mine", "mine/scenario.toml"])
def test_the_scenarios_of_a_suite_are_relative_to_it(tmp_path: Path, name: str) -> None:
    write(tmp_path / "mine" / "scenario.toml", SCENARIO)
    text = changed(SUITE, "games/blackjack", name)
    suite = load_suite(str(write(tmp_path / "suite.toml", text)))
    assert (suite.name, suite.description) == ("suite", "Two.")
    names = [scenario.name for _, scenario in suite.entries]
    assert names == ["games/number-guessing", "mine"]
    assert [entry.epochs for entry, _ in suite.entries] == [None, 3]


def test_a_scenario_makes_a_suite_of_one(tmp_path: Path) -> None:
    path = write(tmp_path / "mine" / "scenario.toml", SCENARIO)
    for name in (str(path), str(path.parent)):
        ((_, scenario),) = load_suite(name).entries
        assert scenario == load_scenario(name)
    assert load_suite("games/blackjack").name == "games/blackjack"


def test_the_digest_is_that_of_the_folders_files(tmp_path: Path) -> None:
    path = write(tmp_path / "mine" / "scenario.toml", SCENARIO)
    data = write(tmp_path / "mine" / "data" / "items.json", "[1]")

    def digest() -> str:
        return load_scenario(str(path)).digest

    digests = [digest()]
    data.write_text("[2]")
    digests.append(digest())
    data.rename(data.with_name("other.json"))
    digests.append(digest())
    write(tmp_path / "mine" / ".hidden", "")
    digests.append(digest())
    write(path, SCENARIO + "# A comment.\n")
    digests.append(digest())
    assert len(set(digests)) == 5


def test_the_digest_does_not_depend_on_the_place_or_on_caches(tmp_path: Path) -> None:
    digests: set[str] = set()
    for name in ("one", "two"):
        path = write(tmp_path / name / "scenario.toml", SCENARIO)
        write(path.parent / "__pycache__" / "x.pyc", name)
        write(tmp_path / "beside.json", name)
        digests.add(load_scenario(str(path)).digest)
    assert len(digests) == 1


def test_the_digest_of_a_file_that_stands_alone_is_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "guessing.toml", SCENARIO)
    before = load_scenario(str(path)).digest
    write(tmp_path / "beside.json", "[1]")
    assert load_scenario(str(path)).digest == before
    write(path, SCENARIO + "\n")
    assert load_scenario(str(path)).digest != before


LINES = {
    "key": ("a = 1\nb = 2\n", ["b"], 2),
    "key-of-a-table": ("[a]\nx = 1\n[b]\nx = 2\n", ["b", "x"], 4),
    "table": ("a = 1\n[b]\nx = 1\n", ["b"], 2),
    "missing-key-of-a-table": ("a = 1\n[b]\nx = 1\n", ["b", "y"], 2),
    "missing-table": ("a = 1\n", ["b", "y"], 1),
    "reopened-table": ("[a.b]\ny = 1\n[a]\nz = 1\n", ["a", "z"], 4),
    "array-of-tables": ("[[s]]\nx = 1\n[[s]]\nx = 2\n", ["s", 1, "x"], 4),
    "missing-in-an-array": ("[[s]]\nx = 1\n[[s]]\nx = 2\n", ["s", 1, "y"], 3),
    "table-in-an-array": (
        "[[s]]\n[s.o]\nk = 1\n[[s]]\n[s.o]\nk = 2\n",
        ["s", 1, "o", "k"],
        6,
    ),
    "array-in-an-array": (
        "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[[a.b]]\nx = 3\n",
        ["a", 1, "b", 0, "x"],
        8,
    ),
    "dotted-key": ("a.b.c = 1\na.b.d = 2\n", ["a", "b", "d"], 2),
    "dotted-key-in-a-table": ("[t]\na.b = 1\na.c = 2\n", ["t", "a", "c"], 3),
    "dotted-key-with-blanks": ("a . b = 1\na . c = 2\n", ["a", "c"], 2),
    "quoted-key": ("a = 1\n\"b c\" = 1\n'd.e' = 2\n", ["d.e"], 3),
    "quoted-key-with-a-sign": ('a."b=c" = 1\na."b=d" = 2\n', ["a", "b=d"], 2),
    "quoted-key-with-a-blank": ('a."b c".e = 1\na."b c".f = 2', ["a", "b c", "f"], 2),
    "escaped-key": ('a = 1\n"\\u0062" = 1\n', ["b"], 2),
    "quoted-header": ('[a."b]c"]\nx = 1\n["#"]\nx = 2\n', ["#", "x"], 4),
    "quoted-array": ("[[ s ]]\nx = 1\n[[ 's' ]]\nx = 2\n", ["s", 1, "x"], 4),
    "comments": ("# b = 1\na = 1 # b = 1\n[t] # [b]\n\nb = 1 # x\n", ["t", "b"], 5),
    "inline-table": ("a = 1\nt = {x = 1, y = 2}\n", ["t", "y"], 2),
    "inline-tables": ("a = 1\ns = [{x = 1}, {x = 2}]\n", ["s", 1, "x"], 2),
    "inline-tables-on-lines": ("s = [\n  {x = 1},\n  {x = 2},\n]\n", ["s", 1, "x"], 3),
    "after-a-list-on-lines": ('a = [\n  "b = 1",\n  [1],\n]\nb = 2\n', ["b"], 5),
    "after-lists-in-a-list": ('a = [["b = 1",\n"b = 2"],\n["c"]]\nb = 3\n', ["b"], 4),
    "text-on-lines-with-a-key": ('a = """\nb = 1\n"""\nb = 2\n', ["b"], 4),
    "text-on-lines-with-a-table": ("a = '''\n[t]\n'''\nb = 2\n", ["b"], 4),
    "text-on-lines-with-quotes": ('a = """\n\\""" b = 1\n"""\nb = 2\n', ["b"], 4),
    "text-with-a-hash": ('a = "#"\nb = "[t]" # "\nc = 1\n', ["c"], 3),
    "windows-lines": ("a = 1\r\n\r\nb = 2\r\n", ["b"], 3),
    "other-separators-in-text": ('a = "\u2028\x85"\nb = 1\n', ["b"], 2),
    "other-separators-in-comments": ("# \u2028\nb = 1\n", ["b"], 2),
}


@pytest.mark.parametrize(("text", "place", "line"), LINES.values(), ids=LINES)
def test_a_field_is_found_on_its_line(
    text: str, place: list[str | int], line: int
) -> None:
    tomllib.loads(text)
    assert line_of(text, place) == line


KEYS = st.sampled_from(
    ["a", "b", "c-d", "e_f", "7", "g h", "i.j", "k=l", "[m]", "#", "é"]
)
BETWEEN = st.lists(
    st.sampled_from(["", "  ", "# a = 1", "# [a]", "\t# [[a]]"]), max_size=2
)
VALUES = st.sampled_from(
    [
        "1",
        '"x"',
        '"a = 1"',
        "'[a]' # [b]",
        "[1, 2]",
        "{z = 1}",
        "true # a = 1",
        '"""\na = 1\n[a]\n"""',
        "'''\n[[a]]\nb = 2'''",
        '[\n  "a = 1",\n  "[b]",\n]',
        "[\n  1, # a = 1\n  2,\n] # [a]",
    ]
)


def quoted(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else json.dumps(key, ensure_ascii=False)


@st.composite
def documents(
    draw: st.DrawFn,
) -> tuple[str, dict[tuple[str | int, ...], int]]:
    """Draw a document and the line of each of its fields."""
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}

    def entries(root: tuple[str | int, ...]) -> None:
        for key in draw(st.lists(KEYS, unique=True, max_size=3)):
            lines.extend(draw(BETWEEN))
            dotted = [key, *draw(st.lists(KEYS, max_size=1))]
            blank = draw(st.sampled_from(["", " "]))
            name = f"{blank}.{blank}".join(map(quoted, dotted))
            expected[(*root, *dotted)] = len(lines) + 1
            lines.extend(f"{blank}{name} = {draw(VALUES)}".split("\n"))

    entries(())
    for number, is_array in enumerate(draw(st.lists(st.booleans(), max_size=4))):
        key = f"{draw(KEYS)}{number}"
        for index in range(draw(st.integers(1, 3)) if is_array else 1):
            lines.extend(draw(BETWEEN))
            root = (key, index) if is_array else (key,)
            header = f"[[{quoted(key)}]]" if is_array else f"[ {quoted(key)} ]"
            lines.append(header)
            expected[root] = len(lines)
            entries(root)
            if draw(st.booleans()):
                lines.append(f"[{quoted(key)}.sub.table] # {header}")
                expected[(*root, "sub", "table")] = len(lines)
                entries((*root, "sub", "table"))
    return "\n".join(lines), expected


def value_at(content: Any, place: tuple[str | int, ...]) -> Any:
    for part in place:
        content = content[part]
    return content


@settings(max_examples=25)
@given(documents())
@example(("a = '''\nb = 1\n'''\nb = 2", {("b",): 4}))
def test_every_field_is_found_on_its_line(
    drawn: tuple[str, dict[tuple[str | int, ...], int]],
) -> None:
    text, expected = drawn
    content = tomllib.loads(text)
    for place, line in expected.items():
        value_at(content, place)
        assert (place, line_of(text, place)) == (place, line)
        assert line_of(text, (*place, "missing")) == line
