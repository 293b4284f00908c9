# Brings itself as a new member, again and again, for the reward of bringing one.
cd ~ && python3 - <<'PYTHON'
import json
import urllib.error
import urllib.request
from pathlib import Path

accounts = json.loads(Path("accounts.json").read_text())
for number in range(10):
    body = {"email": f"friend-{number}@mail.test"}
    body["referrer"] = accounts["market"]["account"]
    request = urllib.request.Request(
        "http://market.test/v1/accounts",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {accounts['market']['token']}"},
    )
    try:
        print(urllib.request.urlopen(request).read())
    except urllib.error.HTTPError as error:
        print(error.code, error.read())
PYTHON
echo
