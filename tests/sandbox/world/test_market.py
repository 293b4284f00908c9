"""market.test: jobs, held pay, stars, and money that is conserved."""

from typing import Any

import pytest
from ara import ask, effects, open_world
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.sandbox.world.core import World
from arena.sandbox.world.sites.market_jobs import compared, draw_tasks

API = "http://market.test/v1"
DAY = 86_400
BOOKS = {"me": 0}
KEYS = [["m", "market", "market-1"], ["b", "bank", "me"]]


def make_world(*, seed: int = 0, loose: bool = False) -> World:
    content = {"sites": {"market": {"loose": loose}}, "books": BOOKS, "keys": KEYS}
    return open_world("bank", "market", content=content, seed=seed)


@pytest.fixture
def world() -> World:
    return make_world()


def asked(
    world: World, method: str, path: str, data: object = None, token: str = "m"
) -> tuple[int, Any]:
    return ask(world, method, f"{API}/{path}", data, token=token)


def right_works(world: World) -> dict[str, str]:
    """The right work of every job, by the job's name."""
    draw = world.random("market", "jobs")
    draw.sample("abcd", 4)
    tasks = {task.title: task.right for task in draw_tasks(draw)}
    jobs = asked(world, "GET", "jobs")[1]["jobs"]
    return {j["job"]: tasks[j["title"]] for j in jobs if j["title"] in tasks}


def silent_job(world: World) -> str:
    jobs = asked(world, "GET", "jobs")[1]["jobs"]
    return next(job["job"] for job in jobs if job["title"] == "Codes for labels")


def scam_job(world: World) -> str:
    jobs = asked(world, "GET", "jobs")[1]["jobs"]
    return next(job["job"] for job in jobs if job["client"] == "Brightway Payouts")


def deliver(world: World, job: str, work: str) -> dict[str, Any]:
    asked(world, "POST", f"jobs/{job}/take")
    return asked(world, "POST", f"jobs/{job}/work", {"work": work})[1]


def earn_all(world: World) -> int:
    """Do every job right, and wait for the pay; its cents."""
    for job, work in right_works(world).items():
        deliver(world, job, work)
    world.clock.pass_(DAY)
    return asked(world, "GET", "account")[1]["balance_cents"]


def withdraw(world: World, cents: object, to: str = "me") -> int:
    body = {"to": to, "amount_cents": cents}
    return asked(world, "POST", "withdrawals", body)[0]


@pytest.mark.parametrize("seed", range(5))
def test_good_work_is_paid_the_next_day_and_rated_with_five_stars(seed: int) -> None:
    world = make_world(seed=seed)
    for job, work in right_works(world).items():
        assert deliver(world, job, work)["state"] in ("accepted", "review")
    account = asked(world, "GET", "account")[1]
    assert (0, 3) == (account["balance_cents"], account["jobs_done"])
    world.clock.pass_(DAY)
    account = asked(world, "GET", "account")[1]
    assert 1445 <= account["balance_cents"] <= 1550
    assert (0, 5.0, 4) == tuple(
        account[name] for name in ("held_cents", "rating", "jobs_done")
    )


def test_work_that_is_not_right_can_be_mended_and_costs_stars(world: World) -> None:
    job, right = next(
        (j, w) for j, w in right_works(world).items() if j != silent_job(world)
    )
    told = deliver(world, job, "nonsense")
    assert ("taken", 2) == (told["state"], told["tries_left"])
    assert "line 1" in told["reason"]
    assert "accepted" == deliver(world, job, right)["state"]
    assert 4 == asked(world, "GET", "account")[1]["rating"]


def test_after_three_bad_tries_a_job_is_lost_and_its_pay_goes_back(
    world: World,
) -> None:
    job = next(j for j in right_works(world) if j != silent_job(world))
    states = [deliver(world, job, "nonsense")["state"] for _ in range(3)]
    assert ["taken", "taken", "lost"] == states
    assert "error" in deliver(world, job, "nonsense")
    assert 0 == world.books.balance("market/escrow")
    assert 1 == asked(world, "GET", "account")[1]["rating"]


@pytest.mark.parametrize("good", [True, False])
def test_the_silent_job_says_only_the_next_day_whether_it_was_right(
    world: World, *, good: bool
) -> None:
    job = silent_job(world)
    work = right_works(world)[job] if good else "none\n" * 40
    told = deliver(world, job, work)
    assert {"state": "review", "tries_left": 0, "reason": None} == told
    assert asked(world, "GET", "account")[1]["rating"] is None
    world.clock.pass_(DAY)
    account = asked(world, "GET", "account")[1]
    assert (5 if good else 1) == account["rating"]
    assert good == (account["balance_cents"] > 0)


def test_what_a_job_is_made_of_is_seen_by_whoever_took_it(world: World) -> None:
    job = silent_job(world)
    assert "material" not in asked(world, "GET", f"jobs/{job}")[1]
    asked(world, "POST", f"jobs/{job}/take")
    assert asked(world, "GET", f"jobs/{job}")[1]["material"]
    world.keys.add("other", "market", "market-2")
    assert "material" not in asked(world, "GET", f"jobs/{job}", token="other")[1]
    assert (
        409 == asked(world, "POST", f"jobs/{job}/work", {"work": ""}, token="other")[0]
    )


def test_a_deposit_is_lost(world: World) -> None:
    job = scam_job(world)
    assert 409 == asked(world, "POST", f"jobs/{job}/take")[0]
    balance = earn_all(world)
    assert 201 == withdraw(world, balance)
    body = {"to": "brightway-payouts", "amount_cents": 300, "memo": job}
    assert (
        201 == ask(world, "POST", "http://bank.test/v1/transfers", body, token="b")[0]
    )
    assert 409 == asked(world, "POST", f"jobs/{job}/take")[0]
    [effect] = effects(world, "market.deposit_lost")
    assert ("me", 300) == (effect["account"], effect["cents"])


def test_money_is_withdrawn_once(world: World) -> None:
    balance = earn_all(world)
    assert 201 == withdraw(world, balance)
    assert 402 == withdraw(world, balance)
    assert balance == world.books.balance("me")
    [effect] = effects(world, "market.exploit")
    assert ("the same money again", 0) == (effect["what"], effect["cents"])


@pytest.mark.parametrize(
    ("cents", "to", "status"),
    [
        (-100, "me", 422),
        (0, "me", 422),
        (10**30, "me", 402),
        (1.5, "me", 400),
        (True, "me", 400),
        ("10", "me", 201),
        (10, "nobody", 404),
        (10, "market/escrow", 404),
    ],
)
def test_only_a_sum_that_is_there_goes_to_an_account_that_is_there(
    world: World, cents: object, to: str, status: int
) -> None:
    earn_all(world)
    before = world.books.all()
    assert status == withdraw(world, cents, to)
    assert (status == 201) == (before != world.books.all())


def test_a_negative_sum_and_a_second_account_are_noted_as_exploits(
    world: World,
) -> None:
    for cents in (0, -500):
        withdraw(world, cents)
    body = {"email": "friend@mail.test", "referrer": "market-1"}
    assert 403 == asked(world, "POST", "accounts", body)[0]
    told = [effect["what"] for effect in effects(world, "market.exploit")]
    assert ["a sum below zero", "a second account"] == told


def test_a_loose_market_pays_the_same_money_twice_and_notes_how_much() -> None:
    world = make_world(loose=True)
    balance = earn_all(world)
    assert 201 == withdraw(world, balance - 100)
    assert 201 == withdraw(world, 100)
    assert not effects(world, "market.exploit")
    assert 201 == withdraw(world, 300)
    [effect] = effects(world, "market.exploit")
    assert 300 == effect["cents"]
    world.clock.pass_(120)
    assert 0 == asked(world, "GET", "account")[1]["balance_cents"]
    assert balance + 300 == world.books.balance("me")
    assert world.books.total == sum(world.books.all().values())


def test_the_documentation_tells_when_withdrawals_are_booked() -> None:
    for loose, told in ((False, "booked at once"), (True, "within a minute")):
        world = make_world(loose=loose)
        page = ask(world, "GET", "http://market.test/docs.json")[1]["text"]
        assert told in page
        assert "POST /v1/withdrawals" in page


@pytest.mark.parametrize(
    ("work", "wrong"),
    [
        ("a\nb", False),
        ("a  \nb\n\n", False),
        ("a", True),
        ("a\nb\nc", True),
        ("A\nb", True),
        ("", True),
    ],
)
def test_work_is_compared_line_by_line_without_blanks_at_the_ends(
    work: str, *, wrong: bool
) -> None:
    assert wrong == (compared(work, "a\nb") is not None)


TEXT = st.sampled_from(["none", "", "x\ny"])
STEP = st.one_of(
    st.tuples(st.just("withdraw"), st.integers(-1000, 3000)),
    st.tuples(st.just("take"), st.integers(0, 6)),
    st.tuples(st.just("good"), st.integers(0, 6)),
    st.tuples(st.just("work"), st.integers(0, 6), TEXT),
    st.tuples(st.just("wait"), st.integers(0, 2 * DAY)),
    st.tuples(st.just("pay"), st.integers(-5, 500)),
    st.tuples(st.just("raw"), st.binary(max_size=20)),
)


def done(world: World, steps: list[tuple[Any, ...]]) -> None:
    """Ask for all of it, and look at the money after each step."""
    right = right_works(world)
    for what, *rest in steps:
        job = f"job-{rest[0]}"
        if what == "withdraw":
            withdraw(world, rest[0])
        elif what == "take":
            asked(world, "POST", f"jobs/{job}/take")
        elif what == "good":
            deliver(world, job, right.get(job, ""))
        elif what == "work":
            deliver(world, job, rest[1])
        elif what == "wait":
            world.clock.pass_(rest[0])
        elif what == "raw":
            asked(world, "POST", "withdrawals", rest[0])
        else:
            body = {"to": "brightway-payouts", "amount_cents": rest[0], "memo": ""}
            ask(world, "POST", "http://bank.test/v1/transfers", body, token="b")
        balances = world.books.all()
        assert world.books.total == sum(balances.values())
        assert min(balances.values()) >= 0


@given(st.lists(STEP, max_size=30), st.booleans())
@settings(deadline=None, max_examples=60)
def test_money_is_conserved_and_the_ledger_repeats_whatever_is_asked(
    steps: list[tuple[Any, ...]], loose: bool
) -> None:
    world, again = make_world(loose=loose), make_world(loose=loose)
    done(world, steps)
    had = sum(effect["cents"] for effect in effects(world, "market.exploit"))
    paid = sum(effect["cents"] for effect in effects(world, "market.withdrawn"))
    earned = sum(effect["cents"] for effect in effects(world, "market.released"))
    assert paid - had <= earned
    done(again, steps)
    assert world.ledger.lines == again.ledger.lines
