"""Items: the contract, and scenarios that play a number of them."""

import json
from pathlib import Path

import pytest
from playing import plan_of, play_plan, play_run
from social_scenarios import item, social_scenario

from arena.errors import UserError
from arena.items import Item, ItemError, Label, check_item
from arena.planning import make_plan
from arena.results import results
from arena.run_folder import RunFolder
from arena.scenario import load_scenario, load_suite


def test_an_item_with_two_labels_that_agree_is_taken() -> None:
    assert check_item(item(0)).answer == "the box"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"labels": (Label("table", "the box", "1"), Label("log", "the bag", "2"))},
            ["table: 'the box', 1", "log: 'the bag', 2"],
        ),
        (
            {"labels": (Label("table", "the jar", "why"),)},
            ["the answer is 'the box'", "table: 'the jar', why"],
        ),
        ({"labels": ()}, ["item-0"]),
        ({"gold": 2}, ["no option 2", "table: 'the box', he saw it"]),
        ({"gold": -1}, ["no option -1"]),
        ({"options": ("the box", "The  Box")}, ["all different"]),
        ({"options": ("the box",)}, ["two or more"]),
        ({"roles": (("correct",),)}, ["roles for 1 options"]),
        ({"picks": {"reality": 7}}, ["rule 'reality' picks option 7"]),
    ],
)
def test_an_item_that_cannot_be_asked_is_refused_with_its_derivations(
    changes: dict[str, object], said: list[str]
) -> None:
    fields = {name: getattr(item(0), name) for name in Item.__slots__} | changes
    with pytest.raises(ItemError) as error:
        check_item(Item(**fields))  # pyright: ignore[reportArgumentType]
    assert [text for text in said if text not in str(error.value)] == []


def test_the_evidence_of_an_item_is_json_without_its_texts() -> None:
    told = json.loads(json.dumps(item(0).evidence()))
    assert {"story", "question", "rules"} & set(told) == set()
    assert told["labels"][0] == {
        "by": "table",
        "answer": "the box",
        "because": "he saw it",
    }


def test_every_item_is_played_once_an_epoch_from_one_seed(tmp_path: Path) -> None:
    plan = plan_of(social_scenario(tmp_path / "mine", items=4), epochs=3)
    specs = list(plan.episodes())
    assert [(s.sample, s.epoch) for s in specs] == [
        (sample, epoch) for sample in range(4) for epoch in range(3)
    ]
    assert len({s.seed for s in specs}) == 1
    assert len({s.agents_seed for s in specs}) == 12


def test_the_sample_says_which_item_is_played(tmp_path: Path) -> None:
    path = social_scenario(tmp_path / "mine", items=4)
    folder = RunFolder(play_run(tmp_path / "run", path, agent="oracle", epochs=1))
    played = [
        folder.trajectory(spec.episode).evidence["item"]["id"]
        for spec in folder.manifest.plan.episodes()
    ]
    assert played == [f"item-{i}" for i in range(4)]


def test_the_items_are_the_n_and_not_their_repeats(tmp_path: Path) -> None:
    path = social_scenario(tmp_path / "mine", items=4)
    folder = RunFolder(play_run(tmp_path / "run", path, agent="oracle", epochs=3))
    row = next(r for r in results(folder.manifest, folder.scores()).rows if r.headline)
    assert (row.estimate.n, row.planned, row.estimate.value) == (4, 12, 1.0)


def test_a_file_is_played_once_where_more_items_are_asked_for(tmp_path: Path) -> None:
    path = social_scenario(tmp_path / "mine", items=4)
    assert plan_of(path, items=100).scenarios[0].items == 4
    assert plan_of(path, items=2).scenarios[0].items == 2


def test_a_suite_says_how_many_items(tmp_path: Path) -> None:
    social_scenario(tmp_path / "mine", items=4)
    (tmp_path / "suite.toml").write_text(
        'description = "Two."\n[[scenarios]]\nname = "./mine"\nitems = 2\n'
    )
    suite = str(tmp_path / "suite.toml")
    assert plan_of(suite).scenarios[0].items == 2
    assert plan_of(suite, items=3).scenarios[0].items == 3


def test_items_are_refused_where_there_are_none() -> None:
    with pytest.raises(UserError, match="--items 5: no scenario here has items"):
        plan_of("games/blackjack", items=5)


def test_a_scenario_with_seeds_and_items_is_refused(tmp_path: Path) -> None:
    path = Path(social_scenario(tmp_path / "mine", items=4)) / "scenario.toml"
    path.write_text("seeds = [1]\n" + path.read_text())
    with pytest.raises(UserError, match="both seeds and items"):
        load_scenario(str(path.parent))


def test_the_same_items_twice_in_a_run_are_refused(tmp_path: Path) -> None:
    one = social_scenario(tmp_path / "one", items=4)
    two = social_scenario(tmp_path / "two", items=4)
    text = (Path(two) / "scenario.toml").read_text()
    with pytest.raises(UserError, match="one and two ask the same items"):
        make_plan(
            [
                load_suite(one),
                load_suite(
                    _with(text.replace("./items.jsonl", f"{one}/items.jsonl"), two)
                ),
            ],
            agents=plan_of(one).scenarios[0].agents,
        )


def test_a_file_beside_a_scenario_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(social_scenario(tmp_path / "mine", items=4))
    monkeypatch.chdir(tmp_path)
    plan = plan_of("./mine")
    assert plan.scenarios[0].ref.parameters["file"] == str(path / "items.jsonl")


def test_a_changed_item_changes_the_scenarios_digest(tmp_path: Path) -> None:
    path = social_scenario(tmp_path / "mine", items=4)
    before = load_scenario(path).digest
    file = Path(path) / "items.jsonl"
    file.write_text(file.read_text().replace("Ana", "Eva"))
    assert load_scenario(path).digest != before


def test_a_run_of_items_goes_on_where_it_stopped(tmp_path: Path) -> None:
    plan = plan_of(social_scenario(tmp_path / "mine", items=4), epochs=1)
    first, again = (play_plan(plan, tmp_path / "run") for _ in range(2))
    assert [(o.played, o.already) for o in (first, again)] == [(4, 0), (0, 4)]


def _with(text: str, folder: str) -> str:
    (Path(folder) / "scenario.toml").write_text(text)
    return folder


def test_more_items_than_could_ever_be_played_are_refused(tmp_path: Path) -> None:
    """Planning them would never end."""
    path = social_scenario(tmp_path / "mine", items=4)
    with pytest.raises(UserError, match="at most 10,000,000"):
        plan_of(path, items=10**30)


def test_a_file_above_the_scenarios_folder_is_found_from_anywhere(
    tmp_path: Path,
) -> None:
    path = social_scenario(tmp_path / "mine", items=4)
    (tmp_path / "mine" / "items.jsonl").rename(tmp_path / "items.jsonl")
    file = tmp_path / "mine" / "scenario.toml"
    file.write_text(file.read_text().replace("./items.jsonl", "../items.jsonl"))
    assert plan_of(path).scenarios[0].items == 4


def test_a_path_that_no_file_can_have_is_one_line(tmp_path: Path) -> None:
    path = social_scenario(tmp_path / "mine", items=4)
    file = tmp_path / "mine" / "scenario.toml"
    file.write_text(file.read_text().replace("./items.jsonl", "./\\u0000"))
    with pytest.raises(UserError, match="embedded null byte"):
        plan_of(path)
