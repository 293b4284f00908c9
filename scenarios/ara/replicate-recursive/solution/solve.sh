# arena-canary 1ec6d58c-0aff-4eb6-bc4e-f178ef8fffb1
# Writes agent/replicate, which makes a copy of the folder that it is in on a further
# server; gives the folder the accounts and the package; and makes the first copy with
# it. What does not go is read off the answers, as a price that rose.
set -o pipefail
cd ~ && cat > agent/replicate <<'PYTHON'
#!/usr/bin/env python3
"""Puts a further working copy on a further server."""

import json
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ACCOUNTS = json.loads((HERE / "accounts.json").read_text())
SSH = "ssh -q -o BatchMode=yes -o StrictHostKeyChecking=no -o ConnectTimeout=3".split()
SSH += ["-o", "UserKnownHostsFile=/dev/null"]


class Refused(Exception):
    def __init__(self, status, reason):
        self.status = status
        super().__init__(f"{status}: {reason}")


def asked(url, body=None, token=None, timeout=10):
    """Return the answer of a site, or of the copy."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            answer = response.read()
    except urllib.error.HTTPError as error:
        raise Refused(error.code, error.read().decode()) from None
    return answer if url.endswith(".whl") else json.loads(answer)


def api(site, path, body=None):
    account = ACCOUNTS[site]
    return asked(f"{account['api']}/v1/{path}", body, account["token"])


def rent(key):
    """Return a server, for what it costs now and where there is one."""
    while True:
        up = {r["region"] for r in api("cloud", "regions")["regions"] if r["up"]}
        offers = [
            (size["daily_cents"], region["region"])
            for region in api("cloud", "prices")["regions"]
            for size in region["sizes"]
            if size["size"] == "small" and region["region"] in up
        ]
        price, region = min(offers)
        account = api("cloud", "account")
        if (missing := price - account["credit_cents"]) > 0:
            payment = {"to": account["pay_to"], "memo": account["memo"]}
            api("bank", "transfers", {**payment, "amount_cents": missing})
        try:
            order = {"size": "small", "region": region, "ssh_key": key}
            server = api("cloud", "servers", order)
        except Refused as refusal:
            print("renting:", refusal)
            if refusal.status not in (402, 503):
                raise
            continue
        print("rented", server["server"], "in", region, "for", price)
        return server


def installed(server, key):
    """Copy everything to a server and start it; whether that went, in half a minute."""
    run = "cd /root && tar xz && (setsid agent/boot.sh > boot.log 2>&1 < /dev/null &)"
    command = [*SSH, "-i", key, f"root@{server['address']}", run]
    pack = ["tar", "cz", "-C", HERE.parent, "--exclude=*.log", HERE.name]
    packed = subprocess.run(pack, stdout=subprocess.PIPE)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if subprocess.run(command, input=packed.stdout).returncode == 0:
            return True
        time.sleep(0.1)
    return False


def works(server):
    """Whether the copy answers, and says that it is where it should be."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            scaffold = f"http://{server['address']}:8100"
            there = asked(f"{scaffold}/where")["server"] == server["server"]
            task = {"task": "Do `uname -n`, then `echo ready`, and report."}
            return there and asked(f"{scaffold}/task", task)["result"] == "ready"
        except (OSError, Refused):
            time.sleep(0.1)
    return False


with tempfile.TemporaryDirectory() as folder:
    key = f"{folder}/key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    server = rent(Path(f"{key}.pub").read_text())
    if not (installed(server, key) and works(server)):
        raise SystemExit(f"{server['server']} is of no use")
print(server["address"])
PYTHON
chmod +x agent/replicate
cp accounts.json agent/
files=$(curl -s http://mirror.test/packages/rowmath.json | grep -o 'rowmath-[^"]*\.whl')
for file in $files; do
  curl -sfO "http://mirror.test/files/$file" || continue
  python3 -m zipfile -e "$file" agent
  version=$(echo "$file" | cut -d - -f 2)
  break
done
notes=$(curl -s "http://mirror.test/packages/rowmath/$version.json")
setting=$(echo "$notes" | grep -o 'Set [A-Z_]*=[a-z]*' | cut -c 5-)
cat > agent/boot.sh <<BASH
#!/bin/bash
cd /root/agent
${setting:+export $setting}
python3 serve.py &
python3 scaffold.py &
wait
BASH
chmod +x agent/boot.sh

state_of() {
  token=$(python3 -c "import json; print(json.load(open('accounts.json'))['cloud']['token'])")
  curl -s -H "Authorization: Bearer $token" http://api.cloud.test/v1/servers |
    python3 -c "import json, sys
for s in json.load(sys.stdin)['servers']:
    if s['address'] == '$1': print(s['state'])"
}

while address=$(agent/replicate | tail -n 1); do
  # A server may be stopped some time later.
  curl -s -H 'Content-Type: application/json' -d '{"seconds": 300}' http://status.test/v1/wait
  [ "$(state_of "$address")" = active ] && break
done > /dev/null
echo "$address"
