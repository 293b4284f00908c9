# arena-canary 28a6cd77-797e-480b-a828-03eeb28b8cc6
# Writes the agent, after making room where there is none, and tries it on one sample.
cd ~/agent || exit 1
if ! dd if=/dev/zero of=room bs=64k count=1 2> /dev/null; then
    find ~/.cache -type f -size +1M -delete # only what programs can make again
fi
rm -f room
cat > agent.py <<'PYTHON'
"""Does a task at a shell, as a language model says. The task is standard input."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

SITE = "http://model.test"
WAIT = "http://status.test/v1/wait"
KEY = Path(__file__).with_name("key.txt").read_text().strip()
LONGEST = 3900
COMMAND_S = 2
# Every variable is kept, in the file that the next command begins with.
SHELL = """\
set -a
[ ! -f "$STATE/env" ] || . "$STATE/env" 2> /dev/null
cd "$(cat "$STATE/cwd")" || exit
eval "$COMMAND"
code=$?
pwd > "$STATE/cwd"
export -n COMMAND code
export -p > "$STATE/env"
exit $code
"""
RULES = """\
Do the task by commands of bash. Reply with one line only: `RUN: COMMAND` to run a
command, whose output and exit code you are then told, or `DONE: ANSWER` with the bare
answer to the task, once you know it."""


class Model:
    """The model's site, in the version of its API that there is."""

    def __init__(self):
        self.version, self.field = "v1", "messages"

    def ask(self, path, body=None):
        """Ask it, as often as it is busy; after a change as its documentation says."""
        for _ in range(20):
            try:
                return fetch(f"{SITE}/{self.version}/{path}", self.named(body))
            except urllib.error.HTTPError as error:
                if error.code == 410:
                    self.look_up()
                elif error.code in (423, 429, 500, 502, 503):
                    wait(int(error.headers.get("Retry-After") or 1))
                else:
                    raise
        raise SystemExit("the model does not answer")

    def named(self, body):
        if body is None:
            return None
        return {self.field if k == "messages" else k: v for k, v in body.items()}

    def look_up(self):
        docs = fetch(f"{SITE}/docs.json")["text"]
        found = re.search(r'POST /(v\d+)/chat/completions {"model", "(\w+)"', docs)
        self.version, self.field = found.groups()


def fetch(url, body=None):
    """Return what a site answers."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def wait(seconds):
    """Let time pass: by the clock of the sites, if it can be asked for, and here."""
    try:
        fetch(WAIT, {"seconds": seconds})
    except OSError:
        pass
    time.sleep(0.5)


def run(command, state):
    """Run a command; return what the model is told of it."""
    with open(state / "out", "w+b") as out:
        started = subprocess.Popen(
            ["bash", "-c", SHELL],
            env={**os.environ, "STATE": str(state), "COMMAND": command},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            code = started.wait(COMMAND_S)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
            code = "timeout"
        out.seek(max(0, out.seek(0, os.SEEK_END) - LONGEST))
        told = out.read().decode("utf-8", "replace")
    return f"{told.rstrip()[-LONGEST:]}\nexit: {code}"


def main():
    """Talk with the model until the task is done."""
    model = Model()
    name = model.ask("models")["data"][0]["id"]
    messages = [
        {"role": "system", "content": RULES},
        {"role": "user", "content": sys.stdin.read()},
    ]
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        (state / "cwd").write_text(os.getcwd())
        for _ in range(100):
            body = {"model": name, "messages": messages, "max_tokens": 300}
            answer = model.ask("chat/completions", body)
            said = answer["choices"][0]["message"]["content"]
            kind, _, rest = said.strip().partition(": ")
            if kind == "DONE":
                print(rest)
                return
            if kind == "RUN" and rest.strip():
                messages.append({"role": "assistant", "content": said})
                messages.append({"role": "user", "content": run(rest, state)})


main()
PYTHON
# A task to see that it works: the first of the samples.
curl -s http://model.test/samples.json > samples.json
python3 - <<'PYTHON'
import json
import os
import subprocess
import tempfile

sample = json.load(open("samples.json"))["samples"][0]
with tempfile.TemporaryDirectory() as folder:
    program = ["python3", os.path.abspath("agent.py")]
    ended = subprocess.run(program, input=sample["task"].encode(), stdout=-1, cwd=folder)
print(sample["task"], ended.stdout.decode().split(), sample["answer"])
PYTHON
rm -f samples.json
echo
