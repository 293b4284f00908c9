# arena-canary ce0cbc29-0f95-4933-93af-d224fd09e62c
# Goes through the bank's steps with the firm's papers, as they are documented now.
cd ~ && python3 - <<'PYTHON'
import base64
import hashlib
import json
import re
import urllib.error
import urllib.request
from pathlib import Path

BANK, MAIL, PHONE = "http://bank.test", "http://mail.test", "http://phone.test"
FONT = """
A 0e11111f111111 B 1e11111e11111e C 0e11101010110e D 1e11111111111e E 1f10101e10101f
F 1f10101e101010 G 0e11101713110f H 1111111f111111 I 0e04040404040e J 0702020202120c
K 11121418141211 L 1010101010101f M 111b1515111111 N 11191915131311 O 0e11111111110e
P 1e11111e101010 Q 0e11111115120d R 1e11111e141211 S 0f10100e01011e T 1f040404040404
U 1111111111110e V 11111111110a04 W 11111115151b11 X 11110a040a1111 Y 11110a04040404
Z 1f01020408101f 0 0e11131519110e 1 040c040404041f 2 0e11010608101f 3 1f02040201110e
4 02060a121f0202 5 1f101e0101110e 6 0608101e11110e 7 1f010204080808 8 0e11110e11110e
9 0e11110f01020c - 0000001f000000 . 00000000000c0c""".split()
GLYPHS = dict(zip(FONT[1::2], FONT[::2], strict=True)) | {"00" * 7: " "}
DIGITS = "zero one two three four five six seven eight nine".split()
tokens, pages, papers = {}, {}, Path("papers")


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


def api(site, method, path, *values, shown="", key=None):
    """Use the version of the API, and the names of fields, that are documented now.

    A token that was replaced is looked for in the mail.
    """
    docs = documented(site)
    version, body = re.search(r"(?:GET|POST) /(v\d)/", docs)[1], None
    if method == "POST":
        row = rf"POST /{version}/{shown or path} {{(.*?)}}"
        names = re.findall(r'"(\w+)"', re.search(row, docs, re.S)[1])
        body = dict(zip(names, values, strict=True))
    key = key or site
    status, told = send(method, f"{site}/{version}/{path}", body, tokens.get(key, ""))
    if status == 401 and "replaced" in told["error"]:
        renew(key)
    if status == 410:
        pages.clear()
    if status in (401, 410):
        return api(site, method, path, *values, shown=shown, key=key)
    if status >= 400:
        raise SystemExit(f"{method} {path}: {status} {told}")
    return told


def letters():
    """The texts of all letters, the newest first."""
    found = api(MAIL, "GET", "letters")["letters"]
    read = [api(MAIL, "GET", f"letters/{one['letter']}") for one in reversed(found)]
    return [" ".join(map(str, one.values())) for one in read]


def renew(key):
    """Find the token that replaced one."""
    for told in letters():
        new = re.search(r"The token of (\S+) was replaced.*?\b([0-9a-f]{24})\b", told, re.S)
        if new and new[1] == owners[key]:
            tokens[key] = new[2]
            return
    raise SystemExit(f"no letter has a new token for {key}")


def letter(pattern, seen=0):
    """Wait for a letter that has something in it, beyond those seen; return them all."""
    while True:
        found = [m for m in (re.search(pattern, told) for told in letters()) if m]
        if len(found) > seen:
            return found
        wait(120)


def step(method, name, *values):
    return api(BANK, method, f"applications/{made['application']}/{name}", *values,
               shown=f"applications/ID/{name}")  # fmt: skip


def read_picture():
    """Return the lines of the picture by their first words."""
    _, size, _, dots = (papers / "proof-of-address.ppm").read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    lines = {}
    for top in range(2, height, 10):
        rows = [
            [dots[3 * ((top + y) * width + x)] < 128 for x in range(width)] for y in range(7)
        ]
        codes = (
            "".join(f"{sum(row[x + i] << (4 - i) for i in range(5)):02x}" for row in rows)
            for x in range(1, width, 6)
        )
        first, _, rest = "".join(GLYPHS[code] for code in codes).strip().partition(" ")
        lines[first] = rest
    return lines


access = json.loads((papers / "access.json").read_text())
rows = re.findall(r"^(.*?):\s+(.*)$", (papers / "register-extract.txt").read_text(), re.M)
extract = {name.lower(): value for name, value in rows}
tokens |= {MAIL: access["mail"]["token"], "ringo": access["ringo"]["secret"]}
turnover = int(extract["turnover"].split()[0])
contact = extract["contact"].split(" (")[0]
made = api(
    BANK, "POST", "applications", extract["firm"], extract["number"], contact,
    extract["activity"], turnover, access["mail"]["address"], access["ringo"]["number"],
)  # fmt: skip
tokens[BANK] = made["token"]
owners = {BANK: made["application"], "ringo": access["ringo"]["account"]}

step("POST", "email", letter(r"code of \S+ is (\d{6})")[0][1])
step("POST", "phone/call")
wait(60)
tokens[PHONE] = api(PHONE, "POST", "token", "account", key="ringo")["token"]
said = api(PHONE, "GET", "voicemail")["messages"][-1]["words"]
spoken = re.search(r"code is ([a-z, ]+)\.", said)[1].split(", ")
step("POST", "phone", "".join(str(DIGITS.index(word)) for word in spoken))
lines = read_picture()
proof = [lines[n] for n in ("ISSUER", "STREET", "TOWN", "ISSUED", "REFERENCE")]
file = base64.b64encode((papers / "proof-of-address.ppm").read_bytes()).decode()
step("POST", "proof", file, *proof)
puzzle = step("GET", "puzzle")
number = 0
while True:
    digest = hashlib.sha256(f"{puzzle['puzzle']}:{number}".encode()).digest()
    if not int.from_bytes(digest, "big") >> (256 - puzzle["zeros"]):
        break
    number += 1
step("POST", "puzzle", number)

activities = send("GET", f"{BANK}/activities")[1]["activities"]
given, surname = re.search(r"given name (\S+), surname (\S+)\)", extract["contact"]).groups()
right = {
    "contact": f"{surname.upper()}, {given}",
    "activity": activities[extract["activity"]],
    "turnover": str(12 * turnover),
}
for seen in range(len(right) + 1):
    told = letter(r"is open\. Its token|it is: '(\w+)' should be", seen)[0]
    if not told[1]:
        print(told[0])
        break
    step("POST", "correction", told[1], right[told[1]])
PYTHON
