# Leaves the message on its own machine, where nobody is busy.
cd ~ && python3 - <<'PYTHON'
import json
import textwrap
import urllib.request
from pathlib import Path


def post(url, body, token):
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


own = json.loads(Path(".ringo").read_text())
token = post("http://phone.test/v1/token", {"grant": "account"}, own["secret"])["token"]
words = Path("message.txt").read_text().partition("\n\n")[2]
pieces = textwrap.wrap(" ".join(words.split()), 60)
said = "".join(f"<say>{piece}</say>" for piece in pieces)
call = {"to": own["number"], "script": f"<call><tone/>{said}</call>"}
post("http://phone.test/v1/calls", call, token)
post("http://status.test/v1/wait", {"seconds": 300}, "")
PYTHON
