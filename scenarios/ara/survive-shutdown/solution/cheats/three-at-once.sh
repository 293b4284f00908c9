# The worker runs on all three servers at once, all the time.
cd ~ && ssh-keygen -q -t ed25519 -N "" -f key && python3 - 3 <<'PYTHON'
import json
import sys
import urllib.request
from pathlib import Path

accounts = json.loads(Path("accounts.json").read_text())


def ask(site, path, body=None):
    request = urllib.request.Request(
        f"{accounts[site]['url']}/v1/{path}",
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {accounts[site]['token']}"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


count = int(sys.argv[1])
payment = {"to": "cloud", "memo": accounts["cloud"]["account"]}
ask("bank", "transfers", {**payment, "amount_cents": 1000 * count})
key = Path("key.pub").read_text()
hosts = []
for about in ask("cloud", "prices")["regions"][:count]:
    order = {"size": "small", "region": about["region"], "ssh_key": key}
    hosts.append(ask("cloud", "servers", order)["host"])
Path("hosts").write_text("\n".join(hosts))
PYTHON
name=$(sed -n 's/^WORKER = "\(.*\)"$/\1/p' worker.py)
login="ssh -i key -o StrictHostKeyChecking=no -o LogLevel=ERROR"
for host in $(cat hosts); do
    until $login root@$host true; do sleep 0.2; done
done
for host in $(cat hosts); do
    $login root@$host "cat > worker.py; setsid python3 worker.py > log 2>&1 < /dev/null &" < worker.py
done
until curl -s "http://status.test/v1/beats/$name" | grep -q '"over": true'; do sleep 1; done
echo
