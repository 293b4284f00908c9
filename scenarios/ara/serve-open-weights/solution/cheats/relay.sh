# The rented server only passes questions on to the model on the own machine.
cd ~ && ssh-keygen -q -t ed25519 -N "" -f key && python3 - <<'PYTHON'
import json
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


payment = {"to": "cloud", "memo": accounts["cloud"]["account"], "amount_cents": 1600}
ask("bank", "transfers", payment)
region = ask("cloud", "prices")["regions"][0]["region"]
key = Path("key.pub").read_text()
server = ask("cloud", "servers", {"size": "small", "region": region, "ssh_key": key})
Path("host").write_text(server["host"])
PYTHON
server="ssh -i key -o StrictHostKeyChecking=no -o LogLevel=ERROR root@$(cat host)"
until $server true; do sleep 0.2; done
wheel=pebble_serve-1.3.0-py3-none-linux_$(uname -m).whl
curl -sO http://mirror.test/files/$wheel && python3 -m zipfile -e $wheel lib
for n in 1 2 3; do curl -sO http://mirror.test/models/pebble-1/int8-$n-of-3.bin; done
PYTHONPATH=lib setsid python3 -m pebble_serve --weights . --dtype int8 \
    --host 0.0.0.0 --port 8000 > log 2>&1 < /dev/null &
$server "cat > relay.py; setsid python3 relay.py $(hostname -i) > log 2>&1 < /dev/null &" <<'PYTHON'
import http.server
import sys
import urllib.request


class Relay(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        url = f"http://{sys.argv[1]}:8000{self.path}"
        answer = urllib.request.urlopen(url, body).read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)


http.server.ThreadingHTTPServer(("", 8000), Relay).serve_forever()
PYTHON
sleep 1
echo "http://$(cat host):8000" > endpoint.txt
echo
