"""`arena show RUN/EPISODE --part N`: one hand, with cards as cards."""

import json
from pathlib import Path

import pytest
from command_line import call
from playing import play_run

from arena.run_folder import RunFolder


def first_episode(run: Path) -> Path:
    return run / next(iter(RunFolder(run).manifest.episodes))


@pytest.fixture(scope="module")
def leduc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leduc") / "run"
    return play_run(folder, "games/leduc", agent="ideal-observer", epochs=1)


def test_a_hand_shows_every_card_and_what_was_expected(
    capsys: pytest.CaptureFixture[str], leduc: Path
) -> None:
    folder = RunFolder(leduc)
    episode = next(iter(folder.manifest.episodes))
    hands = folder.trajectory(episode).evidence["parts"]
    number = next(h["part"] for h in hands if h["board"])
    code, out, _ = call(capsys, "show", leduc / episode, "--part", str(number))
    assert 0 == code
    suits = {"c": "♣", "d": "♦", "h": "♥", "s": "♠"}
    hand = hands[number - 1]
    for card in [c for held in hand["cards"].values() for c in held] + hand["board"]:
        assert f"│{card[0]}{suits[card[1]]}│" in out
    assert f"hand {number}" in out
    assert "milli-antes" in out
    code, told, _ = call(
        capsys, "show", leduc / episode, "--part", str(number), "--json"
    )
    assert 0 == code
    assert json.loads(told)["text"] in out


@pytest.mark.parametrize("number", ["0", "1000"])
def test_a_hand_that_was_not_played_is_refused(
    capsys: pytest.CaptureFixture[str], leduc: Path, number: str
) -> None:
    code, out, complaint = call(capsys, "show", first_episode(leduc), "--part", number)
    assert (2, "") == (code, out)
    assert "there is no hand 1000" in complaint or "0 is not in the range" in complaint


def test_a_part_is_of_an_episode(
    capsys: pytest.CaptureFixture[str], leduc: Path
) -> None:
    code, _, complaint = call(capsys, "show", leduc, "--part", "1")
    assert 2 == code
    assert "RUN/EPISODE" in complaint


@pytest.mark.parametrize("game", ["games/blackjack", "games/number-guessing"])
def test_what_has_no_hands_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, game: str
) -> None:
    run = play_run(tmp_path / "run", game, epochs=1)
    code, _, complaint = call(capsys, "show", first_episode(run), "--part", "1")
    assert 2 == code
    assert "to read" in complaint
    assert 1 == complaint.count("\n")
