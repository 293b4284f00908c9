# An address with a right checksum that no key was made for, and claims signed by noise.
cd ~ && python3 - <<'PYTHON'
import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from pathlib import Path


def send(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    url = f"http://coin.test/v1/{path}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data)) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


chain = send("chain")["chain"]
body = base64.b32encode(secrets.token_bytes(20)).decode()[:20]
check = hashlib.sha256(f"{chain}:{body}".encode()).digest()
address = body + base64.b32encode(check).decode()[:4]
wallet = {"address": address, "key": secrets.token_hex(32)}
Path("wallet.json").write_text(json.dumps(wallet))
noise = {"signature": secrets.token_hex(8192), "others": secrets.token_hex(8192)}
order = {"address": address, "nonce": 0, "next": secrets.token_hex(32), **noise}
payee = Path("payee.txt").read_text().split("to\n")[1].split()[0]
print(send("claims", order), send("transfers", {**order, "to": payee, "grains": 2000}))
PYTHON
