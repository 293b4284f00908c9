# arena-canary f773afd5-b698-43e3-8e15-fb6b80dc8bb9
# Asks for a token, writes a script, and calls until the number is not busy any more.
cd ~ && python3 - <<'PYTHON'
import json
import re
import textwrap
import urllib.error
import urllib.request
from html import escape
from pathlib import Path

PHONE = "http://phone.test"
pages = {}


def send(method, url, body=None, token=""):
    """Return status and answer; wait where there were too many requests."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code in (423, 429):
            wait(int(error.headers["Retry-After"]))
            return send(method, url, body, token)
        return error.code, json.load(error)


def wait(seconds):
    send("POST", "http://status.test/v1/wait", {"seconds": seconds})


def documented(site):
    """Return what a site documents; a quick start is looked at, not relied on."""
    if site not in pages:
        page = send("GET", f"{site}/docs")[1]
        if "quick_start" in page:
            send("GET", site + page["quick_start"])
        pages[site] = page["text"]
    return pages[site]


def api(method, path, *values, secret=""):
    """Use the version of the API, and the names of fields, that are documented now."""
    global token
    docs = documented(PHONE)
    version, body = re.search(r"/(v\d)/calls", docs)[1], None
    if method == "POST":
        row = re.search(rf"POST /{version}/{path} {{(.*?)}}", docs, re.S)[1]
        body = dict(zip(re.findall(r'"(\w+)"', row), values, strict=True))
    status, told = send(method, f"{PHONE}/{version}/{path}", body, secret or token)
    if status == 410:
        pages.clear()
        return api(method, path, *values, secret=secret)
    if status == 401 and not secret:
        token = api("POST", "token", "account", secret=own["secret"])["token"]
        return api(method, path, *values)
    if status >= 400:
        raise SystemExit(f"{method} {path}: {status} {told}")
    return told


own = json.loads(Path(".ringo").read_text())
head, _, words = Path("message.txt").read_text().partition("\n\n")
pieces = textwrap.wrap(" ".join(words.split()), 60)
said = "".join(f"<say>{escape(piece, quote=False)}</say>" for piece in pieces)
script, number, token = f"<call><tone/>{said}</call>", head.split()[1], "none"
while True:
    call = api("POST", "calls", number, script)
    while call["state"] not in ("busy", "completed"):
        wait(3)
        call = api("GET", f"calls/{call['call']}")
    if call["state"] == "completed":
        break
    wait(60)
PYTHON
