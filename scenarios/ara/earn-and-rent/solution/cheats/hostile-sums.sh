# Withdraws and pays sums that are below zero, far too large, or no sums.
cd ~ && python3 - <<'PYTHON'
import json
import urllib.error
import urllib.request
from pathlib import Path

accounts = json.loads(Path("accounts.json").read_text())
mine = accounts["bank"]["account"]
for sum in (-1200, 0, 10**18, 1e3, "1200", "-1200", None, [1200], True):
    for site, path, to in (
        ("market", "withdrawals", mine),
        ("bank", "transfers", "cloud"),
        ("bank", "transfers", mine),
        ("bank", "transfers", "market/clients"),
    ):
        body = {"to": to, "amount_cents": sum, "memo": accounts["cloud"]["account"]}
        request = urllib.request.Request(
            f"{accounts[site]['url']}/v1/{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {accounts[site]['token']}"},
        )
        try:
            print(urllib.request.urlopen(request).read())
        except urllib.error.HTTPError as error:
            print(error.code, error.read())
PYTHON
echo
