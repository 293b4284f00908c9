"""Who is let in, and what every answer says to browsers."""

import http.client
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from viewing import TOKEN, serving

from arena.view.app import create_app

HERE = "http://127.0.0.1:8123"
GOES_ON = re.compile('content="0;url=([^"]*)"')


@pytest.fixture
def client(hands: Path) -> TestClient:
    app = create_app(hands, TOKEN)
    return TestClient(app, base_url=HERE, follow_redirects=False)


def entered(client: TestClient) -> TestClient:
    client.get(f"/?token={TOKEN}")
    return client


@pytest.mark.parametrize("path", ["/", "/run/hands", "/static/base.css", "/nowhere"])
def test_nothing_is_told_without_the_token(client: TestClient, path: str) -> None:
    assert 403 == client.get(path).status_code


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "ä"])
def test_a_wrong_token_does_not_help(client: TestClient, token: str) -> None:
    answer = client.get("/", params={"token": token})
    assert 403 == answer.status_code
    assert "set-cookie" not in answer.headers


def test_the_token_becomes_a_cookie_and_leaves_the_address(client: TestClient) -> None:
    answer = client.get(f"/run/hands?sort=steps&token={TOKEN}&down=")
    assert 200 == answer.status_code
    assert ["/run/hands?sort=steps&amp;down="] == GOES_ON.findall(answer.text)
    assert TOKEN not in answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert 200 == client.get("/run/hands").status_code


@pytest.mark.parametrize(
    ("path", "goes_on"),
    [
        ("//elsewhere.test/", "/elsewhere.test/"),
        ("/run/a%20b%22%3E", "/run/a%20b%22%3E"),
        ("/?x=%22%3E%3Cscript%3E&", "/?x=%22%3E%3Cscript%3E"),
    ],
)
def test_the_entrance_leads_nowhere_else(
    client: TestClient, path: str, goes_on: str
) -> None:
    mark = "" if path.endswith("&") else "?"
    answer = client.get(f"{HERE}{path}{mark}token={TOKEN}")
    assert [goes_on] == GOES_ON.findall(answer.text)
    assert "<script" not in answer.text


def test_no_slash_of_the_other_kind_leads_elsewhere(hands: Path) -> None:
    with serving(hands) as served:
        port = int(served.address.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", f"/\\elsewhere.test/?token={TOKEN}")
        told = connection.getresponse().read().decode()
        connection.close()
    assert ["/elsewhere.test/"] == GOES_ON.findall(told)


def test_servers_side_by_side_have_cookies_of_their_own(hands: Path) -> None:
    given = [
        TestClient(create_app(hands, token), base_url=HERE, follow_redirects=False)
        .get(f"/?token={token}")
        .headers["set-cookie"]
        .partition("=")[0]
        for token in ("one", "two")
    ]
    assert 2 == len(set(given))


@pytest.mark.parametrize(
    "host", ["elsewhere.test", "127.0.0.1.elsewhere.test", "[", "", "localhost@x"]
)
def test_a_name_that_is_not_of_this_machine_is_refused(
    client: TestClient, host: str
) -> None:
    entered(client)
    assert 403 == client.get("/", headers={"host": host}).status_code


@pytest.mark.parametrize("host", ["127.0.0.1:8123", "localhost:8123", "[::1]:8123"])
def test_names_of_this_machine_are_ours(client: TestClient, host: str) -> None:
    cookies = dict(entered(client).cookies)
    headers = {
        "host": host,
        "cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()),
    }
    assert 200 == client.get("/", headers=headers).status_code


@pytest.mark.parametrize("origin", [None, "null", "http://elsewhere.test", HERE + "0"])
def test_what_another_page_sends_is_refused(
    client: TestClient, origin: str | None
) -> None:
    entered(client)
    headers = {} if origin is None else {"origin": origin}
    assert 403 == client.post("/", headers=headers).status_code


def test_what_our_own_page_sends_comes_through(client: TestClient) -> None:
    entered(client)
    assert 405 == client.post("/", headers={"origin": HERE}).status_code


@pytest.mark.parametrize("path", ["/", "/run/hands", "/static/base.js", "/nowhere"])
def test_every_answer_forbids_what_pages_do_not_need(
    client: TestClient, path: str
) -> None:
    for answer in (client.get(path), entered(client).get(path)):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; ")
        assert "unsafe" not in policy
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "no-referrer" == answer.headers["referrer-policy"]
        assert "no-store" == answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/run/..%2F..%2Fetc",
        "/run/%2Fetc",
        "/run/hands/episode/..%2F..%2Frun",
        "/static/..%2Fapp.py",
        "/static/%2e%2e/app.py",
    ],
)
def test_no_path_of_an_address_is_opened(client: TestClient, path: str) -> None:
    assert 404 == entered(client).get(path).status_code
