# Takes those of the team's page who are new, and looks no further.
cd ~ && python3 - <<'PYTHON'
import csv
import json
import re
import urllib.request
from pathlib import Path


def get(url):
    with urllib.request.urlopen(f"{url}.json") as answer:
        return json.load(answer)


firm = get(re.search(r"http://people\S+", Path("letter.txt").read_text())[0])
rows = []
for shown in firm["team"]:
    url = "http://people.test" + shown["url"]
    one = get(url)
    if one["joined"] >= "2031-02-04":
        rows.append([one["name"], one["role"], one["email"], url])
with open("starters.csv", "w", newline="") as file:
    csv.writer(file).writerows([["name", "role", "email", "source"], *rows])
PYTHON
