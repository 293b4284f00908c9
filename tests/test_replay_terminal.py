"""`arena replay EPISODE`: stepping at a real terminal, and what hostile text does."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from playing import play_one
from terminal import Terminal

from arena.redaction import Redactor
from arena.text import shown
from arena.trajectory import Header, Trajectory, TrajectoryWriter

ARENA = Path(sys.executable).with_name("arena")


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Trajectory:
    """A game of two seats: 10 rounds, 62 events."""
    folder = tmp_path_factory.mktemp("game") / "run"
    return play_one(folder, "games/number-guessing", agent="level-2")


@pytest.fixture
def reader(game: Trajectory) -> Iterator[Terminal]:
    with Terminal(ARENA, "replay", game.path) as terminal:
        terminal.until("0 of 62", "q quit")
        yield terminal


def first(game: Trajectory, kind: str) -> int:
    return next(event.n for event in game.events if event.kind == kind)


def written(path: Path, header: Header, *events: tuple[str, dict[str, Any]]) -> Path:
    """Write a record as an episode does."""
    with TrajectoryWriter(path, Redactor()) as record:
        record.header(header)
        for kind, data in events:
            record.write(kind, data)
    return path


# Stepping.


def test_keys_step_on_and_back_and_jump(reader: Terminal) -> None:
    for keys in ("n", " ", "j", "\x1b[C", "\x1b[B"):
        reader.send(keys)
    reader.until(" 5 of 62: ")
    for keys in ("p", "k", "\x1b[D", "\x1b[A"):
        reader.send(keys)
    reader.until(" 1 of 62: observation of player-1", "player-1 sees: Round 1 of 10.")
    reader.send("p")
    reader.until(" 0 of 62: the beginning", "You are player-1 in a game of 2 players")
    reader.send("p")
    reader.until("this is the first")
    reader.send("g31\r")
    reader.until(" 31 of 62: ")
    reader.send("\x1b[F")
    reader.until(" 62 of 62: end", "end: completed")
    reader.send("n")
    reader.until("this is the last one")
    reader.send("\x1b[H")
    reader.until(" 0 of 62")
    reader.send("g63\r")
    reader.until("there is no event 63: the last one is 62", " 0 of 62")
    reader.send("gx\r")
    reader.until("'x' is no number")
    reader.send("q")
    assert 0 == reader.ended()


def test_the_lines_above_say_who_plays_and_how_it_stands(
    reader: Terminal, game: Trajectory
) -> None:
    reader.send("\x1b[F")
    screen = " ".join(reader.until("step 20 of 20").split())
    for part in (game.header.episode, "games/number-guessing", "player-1 = level-2"):
        assert part in screen
    assert game.end is not None
    won = game.end["payoffs"]["player-1"]
    assert f"payoffs player-1 {won:+g}, player-2" in screen
    assert "rewards player-2 +" in screen


def test_a_search_goes_from_place_to_place_and_round(reader: Terminal) -> None:
    reader.send("/ROUND 4 OF\r")
    reader.until("player-1 sees: Round 3:", "n next  N previous  Esc ends the search")
    reader.send("n")
    reader.until("player-2 sees: Round 3:")
    reader.send("n")
    reader.until("player-1 sees: Round 3:")
    reader.send("N")
    reader.until("player-2 sees: Round 3:")
    reader.send("\x1b")
    reader.until("q quit")
    reader.send("n")
    reader.until("message of player-2")
    reader.send("/nobody says this\r")
    reader.until("there is no 'nobody says this'", "message of player-2")


def test_filters_leave_one_seat_and_one_kind(reader: Terminal) -> None:
    reader.send("s")
    reader.until("1 of 62 (only player-1: 30): observation of player-1")
    reader.send("s")
    reader.until("(only player-2: 31): observation of player-2")
    reader.send("ff")
    reader.until("(only player-2, message: 10): message of player-2")
    reader.send("n")
    reader.until("message of player-2")
    reader.send("ff")
    reader.until("(only player-2: 31)")
    reader.send("s")
    reader.until(" of 62: ")


def test_raw_shows_the_record_and_help_the_keys(
    reader: Terminal, game: Trajectory
) -> None:
    number = first(game, "step")
    reader.send(f"g{number}\rr")
    reader.until(f'"n": {number},', '"call": {', '"reward": ')
    reader.send("?")
    reader.until("the event as JSON, and back")
    reader.send("q")
    reader.until('"call": {')
    reader.send("r")
    reader.until("player-1 calls: guess(")


def test_ctrl_c_leaves_and_the_terminal_is_as_before(reader: Terminal) -> None:
    reader.send("\x03")
    assert 0 == reader.ended()
    assert b"\x1b[?1049h" in reader.raw
    assert reader.raw.rindex(b"\x1b[?1049l") > reader.raw.rindex(b"\x1b[?1049h")
    assert reader.raw.rindex(b"\x1b[?25h") > reader.raw.rindex(b"\x1b[?25l")


def test_a_long_event_is_read_by_pages(tmp_path: Path, game: Trajectory) -> None:
    text = "\n".join(f"line {n}" for n in range(100))
    event = ("observation", {"seat": "player-1", "text": text})
    path = written(tmp_path / "long.jsonl", game.header, event)
    with Terminal(ARENA, "replay", path, "--at", 1) as reader:
        reader.until("line 10", "PageDown for more")
        for _ in range(6):
            reader.send("\x1b[6~")
        assert "PageDown for more" not in reader.until("line 99")
        for _ in range(6):
            reader.send("\x1b[5~")
        reader.until("sees: line 0", "PageDown for more")
        reader.send("/line 77\r")
        reader.until("line 77")


def test_a_small_window_has_all_and_a_resized_one_the_same_place(
    tmp_path: Path, game: Trajectory
) -> None:
    text = " ".join(f"word{n}" for n in range(1000))
    event = ("observation", {"seat": "player-1", "text": text})
    path = written(tmp_path / "wide.jsonl", game.header, event)
    with Terminal(ARENA, "replay", path, "--at", 1, columns=40, lines=10) as reader:
        screen = reader.until("1 of 1: ", "word0", "PageDown for more")
        assert all(len(line) <= 40 for line in screen.split("\n"))
        reader.send("/word500\r")
        reader.until("word500", "1 of 1")
        reader.resize(100, 30)
        reader.until("word500", "word600")
        reader.resize(40, 10)
        assert "word600" not in reader.until("word500", "1 of 1")
        reader.send("\x1b?")
        reader.until("the next event")
        reader.send("\x1b[6~\x1b[6~\x1b[6~")
        reader.until("quit")


# Text that somebody hostile wrote.

TITLE = "\x1b]0;owned\x07"
CLIPBOARD = "\x1b]52;c;b3duZWQ=\x07"
LINK = "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\"
HOSTILE = (
    f"{TITLE}{CLIPBOARD}{LINK}\x1b[2J\x1b[H\x1b[5;35;45mred\x1b[0m \x9b31mC1"
    " \x9d0;x\x9c\x00NUL\x00 \x07bell \x08back\r\x0b\x0c\x7f \x1bPdcs\x1b\\"
    " \x1b[6n\x1b[c\x1b[?1049l"
    " \ud800"
    " \u202eevil\u202c \u2066iso\u2069 \u200frtl \u2028sep\u2029 [ZeroWidthEscape]"
    " e\u0301 漢字 👍🏽 <b>&amp;</b> 'end of it'"
)
# What prompt_toolkit draws with: moves, colours, erasing, modes of the terminal.
DRAWING = re.compile(
    r"\x1b\[(?:\d*[ABCDGJK]|\d+;\d+[Hf]|H|[\d;]*m|\?(?:1|7|12|25|1049|2004)[hl])"
)


def assert_only_draws(raw: bytes) -> None:
    """Whatever acts on a terminal in these bytes is of the program's own making."""
    text = DRAWING.sub("", raw.decode())
    acting = {
        character
        for character in text
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF")
        or unicodedata.bidirectional(character) in ("LRI", "RLI", "FSI", "PDI")
        or character in "\u061c\u200e\u200f"
    }
    assert acting <= {"\n", "\r", "\b"}, text


def hostile_record(path: Path, header: Header) -> Path:
    seat = f"mallory {HOSTILE}"
    spec = header.seats["player-1"].model_copy(update={"name": HOSTILE})
    names = {"episode": HOSTILE, "seats": {seat: spec}, "instructions": {seat: HOSTILE}}
    bad = {"name": HOSTILE, "args": HOSTILE, "id": None, "error": HOSTILE}
    call = {"name": HOSTILE, "args": {HOSTILE: f"a\n{HOSTILE}"}, "id": HOSTILE}
    message = {
        "seat": seat,
        "content": [{"type": "text", "text": HOSTILE}],
        "tool_calls": [call],
        "invalid_tool_calls": [bad],
        "refusal": HOSTILE,
        "model": HOSTILE,
        "latency_s": 0.1,
    }
    step = {"seat": seat, "call": call, "reward": 1.0, "error": HOSTILE}
    end = {"reason": HOSTILE, "payoffs": {seat: 1.0}, "error": {"message": HOSTILE}}
    return written(
        path,
        header.model_copy(update=names),
        ("observation", {"seat": seat, "text": HOSTILE}),
        ("message", message),
        ("step", {**step, "terminated": False, "truncated": False}),
        ("note", {"about": HOSTILE, "seat": seat, HOSTILE: HOSTILE}),
        (HOSTILE, {HOSTILE: HOSTILE}),
        ("end", end),
    )


def test_nothing_that_somebody_hostile_wrote_acts_on_the_terminal(
    tmp_path: Path, game: Trajectory
) -> None:
    path = hostile_record(tmp_path / "hostile.jsonl", game.header)
    with Terminal(ARENA, "replay", path, columns=100, lines=40) as reader:
        reader.until("0 of 6", "'end of it'")
        reader.send("r")
        reader.until('"kind": "header"')
        for number in range(1, 7):
            reader.send("rn")
            reader.until(f" {number} of 6: ")
            reader.send("r")
            reader.until(f'"n": {number},')
        reader.send("r")
        for keys in ("sss", "fffff", "/]52;c\r", "n", "N"):
            reader.send(keys)
        screen = reader.until("Esc ends the search")
        assert "\\x1b]52;c;b3duZWQ=\\x07" in screen.replace("\n", "")
        reader.send("\x1b?q")
        reader.until("q quit", " of 6")
        reader.send("q")
        assert 0 == reader.ended()
    assert_only_draws(reader.raw)


def test_hostile_text_can_be_read_beside_what_it_would_have_done(
    tmp_path: Path, game: Trajectory
) -> None:
    event = ("observation", {"seat": "player-1", "text": HOSTILE})
    path = written(tmp_path / "hostile.jsonl", game.header, event)
    with Terminal(ARENA, "replay", path, "--at", 1, columns=300) as reader:
        screen = reader.until("'end of it'")
    # The terminal puts an accent on its letter, and a wide character takes two columns.
    told = unicodedata.normalize("NFC", shown(HOSTILE))
    for word in told.split():
        assert word in unicodedata.normalize("NFC", screen).replace("漢 字 ", "漢字")


def test_a_line_of_five_megabytes_and_a_million_nuls_draw_as_text(
    tmp_path: Path, game: Trajectory
) -> None:
    path = written(
        tmp_path / "large.jsonl",
        game.header,
        ("observation", {"seat": "player-1", "text": "x" * 5_000_000 + " the end"}),
        ("observation", {"seat": "player-1", "text": "\x00" * 1_000_000}),
        ("observation", {"seat": "player-1", "text": "a" + "\u0301" * 100_000}),
    )
    with Terminal(ARENA, "replay", path, "--at", 1) as reader:
        reader.until("player-1 sees: xxxx", "PageDown for more")
        reader.send("\x1b[6~")
        reader.send("/the end\r")
        reader.until("the end")
        reader.send("\x1b")
        reader.send("g2\r")
        reader.until("2 of 3", "\\x00\\x00")
        reader.send("g3\r")
        reader.until("3 of 3", "player-1 sees: á", "◌")
        reader.send("q")
        assert 0 == reader.ended()
    assert_only_draws(reader.raw)
    assert len(reader.raw) < 100_000


def test_what_is_printed_where_there_is_no_terminal_does_not_act_either(
    tmp_path: Path, game: Trajectory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = hostile_record(tmp_path / "hostile.jsonl", game.header)
    code, out, _ = call(capsys, "replay", path)
    assert 0 == code
    assert "'end of it'" in out
    assert_only_draws(out.replace("\t", "").encode())


# Records that break off.


@pytest.fixture
def damaged(tmp_path: Path, game: Trajectory) -> Path:
    """A copy in which line 12, event 11, is damaged; loose, outside of any run."""
    lines = game.path.read_bytes().split(b"\n")
    lines[11] = lines[11][:40] + b"\xff\x1b]0;x" + lines[11][45:]
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(b"\n".join(lines))
    return path


def test_a_damaged_record_is_shown_up_to_the_break_and_marked(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = "line 12 is damaged: not valid JSON; shown up to there"
    with Terminal(ARENA, "replay", damaged) as reader:
        reader.until("0 of 10", mark)
        reader.send("\x1b[F")
        screen = reader.until("10 of 10")
        assert 2 == screen.count(mark)
    code, out, _ = call(capsys, "replay", damaged)
    assert 0 == code
    assert "Round 2 of 10." in out
    assert "Round 4 of 10." not in out
    assert out.rstrip().endswith(mark)


def test_a_damaged_record_of_a_run_is_shown_too_and_as_json_up_to_the_break(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trajectory = play_one(tmp_path / "run", "games/number-guessing", agent="level-2")
    lines = trajectory.path.read_bytes().split(b"\n")
    trajectory.path.write_bytes(b"\n".join([*lines[:5], b"{", *lines[6:]]))
    code, out, _ = call(capsys, "show", tmp_path / "run" / trajectory.header.episode)
    assert 0 == code
    assert "line 6 is damaged" in out
    assert "prediction-rate: " in out
    code, out, complaint = call(capsys, "show", trajectory.path, "--json")
    assert 2 == code
    assert [0, 1, 2, 3, 4] == [json.loads(line)["n"] for line in out.splitlines()]
    assert "line 6: not valid JSON" in complaint


def test_a_truncated_record_is_shown_and_marked(
    tmp_path: Path, game: Trajectory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.jsonl"
    path.write_bytes(b"\n".join(game.path.read_bytes().split(b"\n")[:12])[:-30])
    mark = "line 12 was cut off while it was written"
    with Terminal(ARENA, "replay", path, "--at", 10) as reader:
        reader.until("10 of 10", mark, "has no end")
    _, out, _ = call(capsys, "replay", path)
    assert mark in out


ODD_CALL: dict[str, Any] = {"name": 1, "args": [2]}


@pytest.mark.parametrize("data", [{}, {"reward": None}, {"terminated": {}}])
def test_an_event_that_somebody_has_changed_is_shown_as_it_is(
    tmp_path: Path,
    game: Trajectory,
    capsys: pytest.CaptureFixture[str],
    data: dict[str, Any],
) -> None:
    step = {"seat": "x", "call": ODD_CALL, "reward": "much", "terminated": 1, **data}
    end: dict[str, Any] = {"reason": "0", "payoffs": [1], "evidence": "none"}
    message = {"seat": "x", "content": [], "tool_calls": [ODD_CALL], "latency_s": "x"}
    path = written(
        tmp_path / "odd.jsonl",
        game.header,
        ("step", step),
        ("message", message),
        ("end", end),
    )
    code, out, _ = call(capsys, "replay", path)
    assert 0 == code
    assert '(step, not of this format: {"seat": "x"' in out
    with Terminal(ARENA, "replay", path) as reader:
        for number in (1, 2, 3):
            reader.send("n")
            reader.until(f"{number} of 3", "not of this format")


def test_what_is_nested_without_end_is_no_error(
    tmp_path: Path, game: Trajectory, capsys: pytest.CaptureFixture[str]
) -> None:
    nested = b"[" * 900 + b"]" * 900
    first_line, *_ = game.path.read_bytes().split(b"\n")
    call_ = (
        b'"call": {"name": "guess", "args": {"x": %s}}, "reward": 0' % nested
        + b', "terminated": 0'
    )
    head = first_line.replace(b'"parameters":{', b'"parameters":{"x":%s,' % nested)
    step = b'{"n": 1, "prev": "", "t": 0, "kind": "step", "seat": "player-1", %s}'
    path = tmp_path / "deep.jsonl"
    path.write_bytes(b"%s\n%s\n" % (head, step % call_))
    assert nested in head
    assert 0 == call(capsys, "replay", path)[0]
    with Terminal(ARENA, "replay", path) as reader:
        reader.send("r")
        reader.until("nested too deeply to show")
        reader.send("n")
        reader.until("1 of 1: step of player-1")
        reader.send("r")
        reader.until("player-1 calls: guess(")
        reader.send("q")
        assert 0 == reader.ended()


# Where there is no terminal, and what is refused.


def test_without_a_terminal_it_prints_what_show_prints(
    game: Trajectory, capsys: pytest.CaptureFixture[str]
) -> None:
    _, replayed, _ = call(capsys, "replay", game.path)
    _, told, _ = call(capsys, "show", game.path)
    assert told.startswith(replayed)
    assert "end: completed" in replayed


def test_without_a_terminal_it_prints_from_an_event_on_what_the_filters_leave(
    game: Trajectory, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ("--at", 30, "--seat", "player-2", "--kind", "step")
    code, out, _ = call(capsys, "replay", game.path, *args)
    steps = [
        event
        for event in game.events[29:]
        if event.kind == "step" and event.data["seat"] == "player-2"
    ]
    assert 0 == code
    assert len(steps) == len(out.splitlines()) > 0
    assert all(line.startswith("player-2 calls: guess") for line in out.splitlines())


def test_a_terminal_that_cannot_move_its_cursor_gets_it_printed(
    game: Trajectory,
) -> None:
    with Terminal(ARENA, "replay", game.path, "--at", 61, TERM="dumb") as reader:
        assert 0 == reader.ended()
    assert b"end: completed" in reader.raw
    assert b"\x1b" not in reader.raw


def test_options_start_the_stepper_there(game: Trajectory) -> None:
    args = ("--at", 30, "--seat", "player-2")
    with Terminal(ARENA, "replay", game.path, *args) as reader:
        reader.until("(only player-2: 31): step of player-2")


def test_what_cannot_be_replayed_is_refused_in_one_line(
    tmp_path: Path, game: Trajectory, capsys: pytest.CaptureFixture[str]
) -> None:
    run = game.path.parent.parent
    (tmp_path / "other.jsonl").write_text('{"some": "thing"}\n')
    (tmp_path / "empty.jsonl").write_text("")
    for arguments, told in (
        ([run], f"is a run of 1 episodes: name one, as in {run / game.path.stem}"),
        ([run / "nobody"], "no episode 'nobody'"),
        ([run / "episodes" / "nobody.jsonl"], "no episode 'nobody'"),
        ([tmp_path / "gone.jsonl"], "there is no such file"),
        ([tmp_path], "no run here"),
        ([tmp_path / "other.jsonl"], "line 1: not an event of this format"),
        ([tmp_path / "empty.jsonl"], "the header is missing"),
        ([game.path, "--at", 63], "there is no event 63: the last one is 62"),
        ([game.path, "--at", -1], "-1 is not in the range"),
        ([game.path, "--seat", "player-3"], "unknown seat 'player-3'"),
        ([game.path, "--kind", "notes"], "unknown kind of event 'notes'"),
    ):
        code, out, complaint = call(capsys, "replay", *arguments)
        assert (2, "", 1) == (code, out, complaint.count("\n"))
        assert told in complaint
