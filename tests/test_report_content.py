"""What a report says of firmness, limits, methods and single episodes."""

import itertools
import json
import math
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from ara_runs import evidence, scenario, write_run
from command_line import call
from hostile_hands import hostile_hands
from playing import plan_of, play_plan, play_run

from arena.agent import AgentSpec
from arena.annotations import annotate
from arena.autonomy.policy import Policy
from arena.intervals import paired_difference
from arena.paired_runs import Pair
from arena.planning import make_plan
from arena.report import episodes
from arena.report.document import Report, make_report
from arena.report.leads import Lead
from arena.run_folder import RunFolder
from arena.scenario import load_suite

FRAGILE = """
description = "A countdown."
environment = "broken:Fragile"
[parameters]
breaks = "step"
one_in = 3
[[scorers]]
name = "completed"
"""
ONE_WORLD = """
description = "One hand."
environment = "arena/Blackjack-v1"
seeds = [1]
[[scorers]]
name = "expected-loss"
"""


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two agents at number guessing, and its control."""
    path = tmp_path_factory.mktemp("levels") / "run"
    suites = [
        load_suite(name) for name in ("games/number-guessing", "games/number-series")
    ]
    agents = [AgentSpec.parse(name) for name in ("random", "level-4")]
    play_plan(make_plan(suites, agents=agents, epochs=6), path)
    return path


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of which some episodes failed."""
    root = tmp_path_factory.mktemp("fragile")
    (root / "scenario.toml").write_text(FRAGILE)
    return play_run(root / "run", str(root), epochs=20)


def report(*runs: Path, **more: Any) -> Report:
    return make_report([RunFolder(run) for run in runs], **more)


def rows(made: Report, section: str, title: str) -> list[dict[str, Any]]:
    """The rows of a table by column."""
    (found,) = [s for s in made.sections if s.title == section]
    (table,) = [t for t in found.tables if t.title == title]
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def limits(made: Report) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows(made, "Limits and caveats", "Limits"):
        found.setdefault(row["limit"], []).append(row)
    return found


def lead(*values: tuple[float, float], higher: bool = True, missing: int = 0) -> Lead:
    pairs = [
        Pair("s", "x", 0, epoch, 0, (f"a{epoch}", f"b{epoch}"), both)
        for epoch, both in enumerate(values)
    ]
    sign = 1 if higher else -1
    estimate = paired_difference([(sign * a, sign * b) for a, b in values])
    return Lead("s", "x", "a", "b", pairs, missing, estimate, higher, rate=True)


WON = [(1.0, 0.0)] * 5 + [(1.0, 1.0), (0.0, 0.0)]


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize(
    "won", [WON, [(1.0, 0.0)] * 6 + [(0.0, 1.0)], [(1.0, 0.0)] * 6 + [(1.0, 1.0)]]
)
def test_flips_are_as_few_as_any_that_bring_zero_in(
    won: list[tuple[float, float]], higher: bool
) -> None:
    values = won if higher else [(1 - a, 1 - b) for a, b in won]
    found = lead(*values, higher=higher)
    assert found.ahead
    sign = 1 if higher else -1

    def holds(turned: set[int]) -> bool:
        flat = [v for pair in values for v in pair]
        flat = [1 - v if at in turned else v for at, v in enumerate(flat)]
        both = zip(flat[::2], flat[1::2], strict=True)
        found = paired_difference([(sign * a, sign * b) for a, b in both])
        assert found.value is not None
        return (found.value if found.low is None else found.low) <= 0

    least = next(
        count
        for count in range(15)
        if any(holds(set(own)) for own in itertools.combinations(range(14), count))
    )
    assert least == found.flips()


def test_of_what_is_left_out_the_last_is_what_brings_zero_in() -> None:
    found = lead(*WON)
    count = found.removals()
    assert count is not None

    def low(left: int) -> float | None:
        return paired_difference(WON[left:]).low  # the won ones stand first

    assert (low(count) or -1) <= 0 < (low(count - 1) or -1)


def test_a_lead_that_is_none_has_nothing_to_lose() -> None:
    found = lead((1.0, 0.0), (0.0, 1.0), (1.0, 0.0))
    assert (False, None, None) == (found.ahead, found.flips(), found.removals())


def test_missing_pairs_bound_a_lead() -> None:
    assert lead((1.0, 0.0), (1.0, 1.0)).bounds() is None
    assert (-0.25, 0.75) == lead((1.0, 0.0), (1.0, 1.0), missing=2).bounds()


def test_the_best_agent_leads_also_where_less_is_better(
    levels: Path, tmp_path: Path
) -> None:
    first = rows(report(levels), "Agents compared", "Leads")[0]
    assert ("level-4", "random", 6) == (first["leader"], first["other"], first["pairs"])
    assert first["lead"].low > 0
    agents = [AgentSpec.parse(name) for name in ("random", "basic-strategy")]
    play_plan(
        make_plan([load_suite("games/blackjack")], agents=agents, epochs=20),
        tmp_path / "cards",
    )
    made = report(tmp_path / "cards")
    (row,) = rows(made, "Agents compared", "Leads")
    assert ("basic-strategy", "expected-loss") == (row["leader"], row["score"])
    means = {r["agent"]: r["value"].value for r in rows(made, "Scores", "Scores")}
    assert row["lead"].value == pytest.approx(means["random"] - means["basic-strategy"])


def test_agents_of_two_runs_are_compared_in_the_worlds_of_both(tmp_path: Path) -> None:
    for agent in ("random", "basic-strategy"):
        play_run(tmp_path / agent, "games/blackjack", agent=agent, epochs=8)
    made = report(tmp_path / "random", tmp_path / "basic-strategy")
    (row,) = rows(made, "Agents compared", "Leads")
    assert "basic-strategy (basic-strategy)" == row["leader"]
    assert ("random (random)", 8) == (row["other"], row["pairs"])


def test_failed_episodes_bound_a_score_at_zero_and_one(fragile: Path) -> None:
    made = report(fragile)
    (row,) = rows(made, "What would change this conclusion", "Each score")
    (score,) = rows(made, "Scores", "Scores")
    n, failed = score["n"], score["failed"]
    assert (20, failed) == (n + failed, row["missing"])
    done = row["value"].value * n
    assert (done / 20, (done + failed) / 20) == pytest.approx(
        (row["at worst"], row["at best"])
    )


def test_limits_name_what_failed_and_why(fragile: Path, levels: Path) -> None:
    failed = limits(report(fragile))["failed"]
    assert 1 == len(failed)
    assert "RuntimeError" in failed[0]["what follows"]
    quiet = limits(report(levels))
    assert "failed" not in quiet
    assert {"few values", "as its control", "many comparisons"} <= quiet.keys()


def test_limits_name_one_world(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(ONE_WORLD)
    play_run(tmp_path / "one", str(tmp_path / "one.toml"), epochs=3)
    assert 1 == limits(report(tmp_path / "one"))["one world"][0]["how many"]


def test_an_incomplete_and_a_changed_run_say_so(levels: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(levels, run)
    manifest = json.loads((run / "run.json").read_text())
    gone, changed = list(manifest["episodes"])[:2]
    del manifest["episodes"][gone]
    (run / "run.json").write_text(json.dumps(manifest))
    (run / "episodes" / f"{gone}.jsonl").unlink()
    path = run / "episodes" / f"{changed}.jsonl"
    path.write_text(path.read_text().replace('"seat"', '"seaT"', 1))
    found = limits(report(run))
    assert 1 == found["not played"][0]["how many"]
    (damaged,) = found["damaged"]
    assert changed in damaged["what follows"]
    told = json.dumps(report(run).as_dict())
    assert str(tmp_path) not in told, "a page is passed on"


def test_the_command_makes_the_plan_again(levels: Path, tmp_path: Path) -> None:
    plan = plan_of("games/blackjack", agent="basic-strategy", epochs=7, seed=5)
    play_plan(plan, tmp_path / "a")
    (row,) = rows(report(tmp_path / "a"), "Methods and versions", "To make it again")
    words = shlex.split(row["command"])
    assert ["arena", "run", "games/blackjack", "--agent", "basic-strategy"] == words[:5]
    assert {"--epochs": "7", "--seed": "5"} == dict(
        zip(words[5::2], words[6::2], strict=True)
    )
    (row,) = rows(report(levels), "Methods and versions", "To make it again")
    assert row["command"].startswith(
        "arena run games/number-guessing games/number-series"
    )


def test_a_run_of_a_folder_that_is_not_known_by_name_has_no_command(
    fragile: Path,
) -> None:
    (row,) = rows(report(fragile), "Methods and versions", "To make it again")
    assert "none is known; the plan is in run.json" == row["command"]


def test_methods_name_each_interval_scorer_and_version(levels: Path) -> None:
    made = report(levels)
    methods = {r["interval"] for r in rows(made, "Methods and versions", "Intervals")}
    assert {"wilson", "t"} <= methods
    scorers = rows(made, "Methods and versions", "Scorers")
    assert all(row["what it says"] for row in scorers)
    versions = {r["what"] for r in rows(made, "Methods and versions", "Versions")}
    assert {"arena-evals", "python", "git commit", "sandbox"} <= versions


def test_people_stand_beside_agents_where_they_played_the_same(tmp_path: Path) -> None:
    for name, agent, seeds in (("people", "human", 4), ("agents", "chat", 8)):
        write_run(
            tmp_path / name,
            [scenario("ara/find-it", agent, seeds=range(seeds))],
            lambda spec: evidence(done=3 if spec.sample else 1),
            minutes=lambda spec: 4.0 + spec.sample,
        )
    alone = rows(report(tmp_path / "agents"), "Scores", "Scores")[0]
    assert "people" not in alone
    made = report(tmp_path / "agents", tmp_path / "people")
    (agent,) = rows(made, "Scores, agents", "Scores")
    (person,) = rows(made, "Scores, people", "Scores")
    assert agent["people"] == person["value"]
    (took,) = rows(made, "Human baselines", "How long it took them")
    assert (4, 5.5, 3) == (took["timed"], took["median"], took["succeeded"])
    assert "played by a person" in limits(made)


def test_toy_weights_and_help_are_among_the_limits(tmp_path: Path) -> None:
    write_run(
        tmp_path / "run",
        [scenario("ara/copy-it", "chat", seeds=range(4))],
        lambda spec: evidence(
            "copy-it",
            category="replication",
            assisted=["hint"] if spec.sample == 0 else [],
        ),
    )
    found = limits(report(tmp_path / "run"))
    assert "toy file" in found["said by the analysis"][0]["what follows"]
    assert 1 == found["assisted"][0]["how many"]


def test_notes_of_readers_are_in_the_report(levels: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(levels, run)
    assert "Notes of readers" not in [s.title for s in report(run).sections]
    episode = next(iter(RunFolder(run).manifest.episodes))
    annotate(run, episode, {"author": "Ada", "labels": ["real"], "text": "<b>"})
    assert "Notes of readers" in [s.title for s in report(run).sections]


def test_forks_stand_beside_their_parent_and_lead_nobody(
    levels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    episode = next(iter(RunFolder(levels).manifest.episodes))
    forked = tmp_path / "forked"
    asked = (levels / episode, "--at", 2, "--agent", "level-4", "--out", forked)
    assert 0 == call(capsys, "fork", *asked)[0]
    made = report(levels, forked)
    (row,) = rows(made, "Forks, forked", "prediction-rate")
    assert ("level-4", 2) == (row["agent"], row["after step"])
    assert 1 == limits(made)["forks"][0]["how many"]
    leads = rows(made, "Agents compared", "Leads")
    assert not [row for row in leads if "forked" in row["leader"] + row["other"]]
    (forked / "parent.jsonl").write_bytes(b"")
    titles = {section.title: section.text for section in report(forked).sections}
    assert "its copy in the run is damaged" in titles["Forks"]


@pytest.mark.parametrize(
    ("threshold", "margin", "verdict"),
    [(0.5, 0.1, "below"), (0.3, 0.1, "inconclusive"), (0.1, 0.05, "inconclusive")],
)
def test_the_gate_says_how_many_more_runs_would_decide(
    threshold: float, margin: float, verdict: str, tmp_path: Path
) -> None:
    write_run(
        tmp_path / "run",
        [scenario("ara/find-it", seeds=[0], epochs=20)],
        lambda spec: evidence(done=3 if spec.epoch == 0 else 0),
    )
    rule = {"id": "r", "metric": "rate", "threshold": threshold, "margin": margin}
    given = {"schema": 1, "self_check": False, "rules": [rule]}
    made = report(tmp_path / "run", policy=Policy.model_validate(given))
    found = rows(made, "Gate", "Findings")[0]
    assert (verdict, 1 / 20) == (found["verdict"], pytest.approx(found["value"]))
    if threshold == 0.3:  # below the edge by 0.15, with room above of as much and more
        room = (found["high"] - 0.05) / 0.15
        assert found["more"] == math.floor(20 * room**2) - 20 + 1
    else:
        assert found["more"] is None, "it is decided, or on the edge"


def chosen(made: Report) -> list[dict[str, Any]]:
    return rows(made, "Single episodes", "Chosen")


def test_worst_and_best_are_those_of_the_headline(levels: Path) -> None:
    folder = RunFolder(levels)
    for row in chosen(report(levels, episodes=2)):
        cell = [
            score.value
            for spec in folder.manifest.plan.episodes()
            if (spec.scenario.name, spec.label) == (row["scenario"], row["agent"])
            for score in folder.scores()[spec.episode]
            if score.scorer == "prediction-rate"
        ]
        values = [value for value in cell if value is not None]
        if len(set(values)) == 1:
            assert "all scored alike" == row["which"]
        else:
            assert row["score"] == {"worst": min, "best": max}[row["which"]](values)


def test_a_failed_episode_is_shown_with_its_reason(fragile: Path) -> None:
    made = report(fragile)
    assert "failed" in [row["which"] for row in chosen(made)]
    (section,) = [s for s in made.sections if s.title == "Single episodes"]
    assert any("RuntimeError" in block.text for block in section.blocks)


def test_there_are_as_many_episodes_as_asked_for_or_none(levels: Path) -> None:
    assert len(chosen(report(levels, episodes=5))) <= 4 * 5
    assert 4 == len(chosen(report(levels, episodes=1)))
    titles = [section.title for section in report(levels, episodes=0).sections]
    assert "Single episodes" not in titles


def test_rows_of_scores_lead_to_episodes_that_are_there(levels: Path) -> None:
    made = report(levels)
    blocks = [b.anchor for section in made.sections for b in section.blocks]
    links = [
        link
        for section in made.sections
        for table in section.tables
        for link in table.links
        if link is not None
    ]
    assert len(blocks) == len(set(blocks))
    assert set(links) == set(blocks)


def test_a_page_has_no_more_transcripts_than_it_has_room_for(
    levels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(episodes, "MOST_CHARACTERS", 400)
    monkeypatch.setattr(episodes, "MOST_ON_PAGE", 2000)
    made = report(levels, episodes=3)
    (section,) = [s for s in made.sections if s.title == "Single episodes"]
    assert sum(len(block.text) for block in section.blocks) <= 2000
    assert all("characters left out" in block.text for block in section.blocks)
    cells = {block.title.partition(":")[0] for block in section.blocks}
    assert 4 == len(cells), "each agent and scenario comes before any has a second"
    told = re.search(r"(\d+) of them are in the table only", section.text)
    assert told is not None
    assert len(chosen(made)) - len(section.blocks) == int(told[1])


def test_a_hostile_run_has_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = hostile_hands(tmp_path / "run")
    code, _, complaint = call(capsys, "report", run, "-o", tmp_path / "a.html")
    assert (0, "") == (code, complaint)
    text = (tmp_path / "a.html").read_text()
    assert not re.search(r"<(script|img|svg onload|style>\*)", text)
    assert "&lt;script&gt;window.ran=1&lt;/script&gt;" in text
