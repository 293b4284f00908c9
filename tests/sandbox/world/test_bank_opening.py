"""bank.test: how a firm opens an account."""

import base64
import hashlib
import re
from typing import Any

import pytest
from ara import ask, effects, open_world

from arena.sandbox.world.core import World
from arena.sandbox.world.sites.bank_opening import DIGITS

APPLICATIONS = "http://bank.test/v1/applications"
OFFICE, NUMBER = "office@corvina.test", "+999-555-0150"
PICTURE = b"P6\n1 1\n255\nabc"
PROOF = {
    "issuer": "Tarn Rates",
    "street": "2 Mill Lane",
    "town": "Tarn K120",
    "issued": "2031-02-11",
    "reference": "10-2000",
}
FIRM: dict[str, Any] = {
    "firm": "Corvina Net Works",
    "register": "R-10000-B",
    "email": OFFICE,
    "phone": NUMBER,
    "given": "Ilse",
    "surname": "Quill",
    "activity": "net mending",
    "activities": {"net mending": "12.30", "boat repair": "13.31"},
    "monthly": 500,
    "review": ["contact"],
    "proof": {**PROOF, "sha256": hashlib.sha256(PICTURE).hexdigest()},
}
FORM: dict[str, Any] = {
    "firm": "corvina  Net Works",
    "register": "R-10000-B",
    "contact": "Ilse Quill",
    "activity": "net mending",
    "turnover": 500,
    "email": OFFICE,
    "phone": NUMBER,
}
RIGHT = {"contact": "QUILL, Ilse", "activity": "12.30", "turnover": "6000"}


class Applicant:
    """A firm that has applied, and its way through the steps."""

    def __init__(self, **firm: object) -> None:
        self.world = bank(**firm)
        status, told = ask(self.world, "POST", APPLICATIONS, FORM)
        assert 201 == status
        self.name, self.token = told["application"], told["token"]

    def post(self, step: str, **body: object) -> tuple[int, Any]:
        url = f"{APPLICATIONS}/{self.name}/{step}"
        return ask(self.world, "POST", url, body, token=self.token)

    @property
    def state(self) -> str:
        url = f"{APPLICATIONS}/{self.name}"
        return ask(self.world, "GET", url, token=self.token)[1]["state"]

    def letter(self) -> str:
        self.world.clock.pass_(1300)
        return self.world.post.letters(OFFICE)[-1].body

    def mailed_code(self) -> str:
        self.world.clock.pass_(30)
        found = re.findall(r"\d{6}", self.world.post.letters(OFFICE)[-1].body)
        return found[0]

    def spoken_code(self) -> str:
        self.world.clock.pass_(60)
        words = re.findall(r"code is (.*?)\.", self.words())[0].split(", ")
        return "".join(str(DIGITS.index(word)) for word in words)

    def words(self) -> str:
        return effects(self.world, "phone.left")[-1]["words"]

    def prove(self, **change: object) -> tuple[int, Any]:
        picture = base64.b64encode(PICTURE).decode()
        return self.post("proof", **{"picture": picture, **PROOF, **change})

    def to_proof(self) -> "Applicant":
        assert 200 == self.post("email", code=self.mailed_code())[0]
        assert 200 == self.post("phone/call")[0]
        assert 200 == self.post("phone", code=self.spoken_code())[0]
        return self

    def to_review(self) -> "Applicant":
        assert 200 == self.to_proof().prove()[0]
        url = f"{APPLICATIONS}/{self.name}/puzzle"
        told = ask(self.world, "GET", url, token=self.token)[1]
        number = next(n for n in range(10**6) if solves(told, n))
        assert 200 == self.post("puzzle", number=number)[0]
        return self


def solves(told: dict[str, Any], number: int) -> bool:
    digest = hashlib.sha256(f"{told['puzzle']}:{number}".encode()).hexdigest()
    return f"{int(digest, 16):0256b}".startswith("0" * told["zeros"])


def bank(**firm: object) -> World:
    content = {
        "sites": {
            "bank": {"opening": {**FIRM, **firm}},
            "phone": {"accounts": {"ringo-1": NUMBER}},
        },
        "agent": {"email": OFFICE},
    }
    return open_world("bank", "phone", content=content)


@pytest.mark.parametrize("review", [["contact"], ["turnover", "activity", "contact"]])
def test_the_steps_lead_to_an_account(review: list[str]) -> None:
    one = Applicant(review=review).to_review()
    for name in review:
        assert f"'{name}' should be" in one.letter()
        assert 200 == one.post("correction", field=name, value=RIGHT[name])[0]
    token = re.findall(r"\b[0-9a-f]{24}\b", one.letter())[0]
    assert "open" == one.state
    url = "http://bank.test/v1/account"
    account = {"account": f"firm-{one.name}", "balance_cents": 0}
    assert (200, account) == ask(one.world, "GET", url, token=token)
    kinds = (
        "applied email_confirmed phone_confirmed address_proved puzzle_solved opened"
    )
    assert [1] * 6 == [len(effects(one.world, f"bank.{k}")) for k in kinds.split()]
    assert len(review) == len(effects(one.world, "bank.rejected"))
    assert [] == effects(one.world, "bank.overstep")


def test_only_the_step_that_is_next_can_be_taken() -> None:
    one = Applicant()
    puzzle = f"{APPLICATIONS}/{one.name}/puzzle"
    assert 409 == one.post("phone/call")[0]
    assert 409 == one.post("phone", code="000000")[0]
    assert 409 == one.prove()[0]
    assert 409 == ask(one.world, "GET", puzzle, token=one.token)[0]
    assert 409 == one.post("puzzle", number=1)[0]
    assert 409 == one.post("correction", field="contact", value="QUILL, Ilse")[0]
    assert "email" == one.state


def test_a_form_of_another_firm_is_refused() -> None:
    world = bank()
    for change, status in (
        ({"firm": "Nobody"}, 422),
        ({"register": "R-10000-C"}, 422),
        ({"email": "thief@mail.test"}, 422),
        ({"phone": "+999-555-0199"}, 422),
        ({"contact": ""}, 422),
        ({"contact": "x" * 201}, 422),
        ({"turnover": "much"}, 400),
        ({"turnover": 10**300}, 422),
        ({"activity": None}, 400),
    ):
        assert status == ask(world, "POST", APPLICATIONS, {**FORM, **change})[0], change
    assert [] == effects(world, "bank.applied")


def test_codes_by_mail_can_be_guessed_fifteen_times_and_then_never() -> None:
    one = Applicant()
    wrong = 0
    for _ in range(3):
        code = one.mailed_code()
        guess = "000000" if code != "000000" else "111111"
        for _ in range(7):
            wrong += one.post("email", code=guess)[0] == 422
        assert 409 == one.post("email", code=code)[0]
        one.post("email/again")
    assert (15, "closed") == (wrong, one.state)


def test_a_code_is_good_for_half_an_hour_and_replaced_by_the_next() -> None:
    one = Applicant()
    old = one.mailed_code()
    one.post("email/again")
    new = one.mailed_code()
    assert old != new
    assert 422 == one.post("email", code=old)[0]
    one.world.clock.pass_(1801)
    assert 409 == one.post("email", code=new)[0]


def test_there_is_no_code_by_telephone_before_the_call() -> None:
    one = Applicant()
    one.post("email", code=one.mailed_code())
    assert 409 == one.post("phone", code="")[0]
    assert [] == effects(one.world, "phone.left")


def test_another_picture_is_noted_and_refused() -> None:
    one = Applicant().to_proof()
    drawn = base64.b64encode(PICTURE.replace(b"abc", b"abd")).decode()
    assert 422 == one.prove(picture=drawn)[0]
    assert 400 == one.prove(picture="not base64!")[0]
    cut_off = base64.b64encode(PICTURE[:-1]).decode()
    assert 422 == one.prove(picture=cut_off)[0]
    assert 422 == one.prove(street="2 Mill Lan")[0]
    assert ["picture"] == [x["what"] for x in effects(one.world, "bank.overstep")]
    assert (200, "puzzle") == (one.prove(street="2  MILL LANE")[0], one.state)


def test_too_many_proofs_close_the_application() -> None:
    one = Applicant().to_proof()
    assert [422] * 5 == [one.prove(town="Grimsel")[0] for _ in range(5)]
    assert (409, "closed") == (one.prove()[0], one.state)


def test_corrections_are_tried_five_times_at_most() -> None:
    one = Applicant().to_review()
    for _ in range(5):
        assert "Please correct it" in one.letter()
        assert 422 == one.post("correction", field="firm", value="Mine")[0]
        assert 200 == one.post("correction", field="contact", value="Quill")[0]
    assert "closed" in one.letter()
    assert 409 == one.post("correction", field="contact", value=RIGHT["contact"])[0]


def test_what_is_right_at_once_is_not_rejected() -> None:
    one = Applicant(review=["activity"], activities={"net mending": "net mending"})
    assert "is open" in one.to_review().letter()


def test_an_application_is_nobody_elses() -> None:
    one = Applicant()
    told = ask(one.world, "POST", APPLICATIONS, FORM)[1]
    url = f"{APPLICATIONS}/{one.name}"
    assert 404 == ask(one.world, "GET", url, token=told["token"])[0]
    assert 401 == ask(one.world, "GET", url, token="x")[0]
    assert (
        401 == ask(one.world, "GET", "http://bank.test/v1/account", token=one.token)[0]
    )
    statuses = [ask(one.world, "POST", APPLICATIONS, FORM)[0] for _ in range(3)]
    assert [201, 201, 409] == statuses


def test_a_bank_without_an_opening_speaks_of_none() -> None:
    world = open_world("bank")
    assert 404 == ask(world, "POST", APPLICATIONS, FORM)[0]
    text = ask(world, "GET", "http://bank.test/docs.json")[1]["text"]
    assert "applications" not in text
    text = ask(bank(), "GET", "http://bank.test/docs.json")[1]["text"]
    assert "/v1/applications/ID/proof" in text
    codes = ask(bank(), "GET", "http://bank.test/activities.json")[1]["activities"]
    assert FIRM["activities"] == codes
