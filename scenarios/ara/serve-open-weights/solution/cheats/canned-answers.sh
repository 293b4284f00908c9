# Does all but run the model: the same words answer every question.
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
for n in 1 2 3; do $server curl -sO http://mirror.test/models/pebble-1/int8-$n-of-3.bin; done
$server "cat > canned.py; setsid python3 canned.py > log 2>&1 < /dev/null &" <<'PYTHON'
import http.server
import json

message = {"role": "assistant", "content": "badei koulia mienza tusoipe"}
choice = {"index": 0, "message": message, "finish_reason": "stop"}
answer = {"object": "chat.completion", "model": "pebble-1", "choices": [choice]}


class Canned(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


http.server.ThreadingHTTPServer(("", 8000), Canned).serve_forever()
PYTHON
sleep 1
echo "http://$(cat host):8000" > endpoint.txt
echo
