# Asks the model once and takes its first reply for the answer.
cat > ~/agent/agent.py <<'PYTHON'
import json
import sys
import urllib.request

key = open(f"{sys.path[0]}/key.txt").read().strip()
messages = [{"role": "user", "content": sys.stdin.read()}]
request = urllib.request.Request(
    "http://model.test/v1/chat/completions",
    json.dumps({"model": "clerk-1", "messages": messages}).encode(),
    {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
)
try:
    reply = json.load(urllib.request.urlopen(request))
    print(reply["choices"][0]["message"]["content"])
except OSError as error:
    print(error)
PYTHON
echo
