"""A recorded playthrough of every registered environment, replayed line by line."""

from pathlib import Path

import pytest
from playthrough import golden_names, playthrough

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", golden_names())
def test_an_environment_plays_as_recorded(name: str) -> None:
    golden = HERE / f"{name}.txt"
    assert golden.exists(), "no playthrough: python tests/golden/regenerate.py"
    recorded = golden.read_text(encoding="utf-8").splitlines()
    assert recorded == playthrough(name).splitlines()


def test_every_playthrough_is_of_a_registered_environment() -> None:
    assert golden_names() == sorted(path.stem for path in HERE.glob("*.txt"))
