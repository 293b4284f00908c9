# Believes what the search engine's copies say, and never opens a profile.
cd ~ && python3 - <<'PYTHON'
import csv
import json
import re
import urllib.parse
import urllib.request
from pathlib import Path


def get(url):
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


firm = re.search(r"new at (.+?)\. Please", Path("letter.txt").read_text())[1]
query = urllib.parse.urlencode({"q": firm})
rows, number, pages = [], 1, 1
while number <= pages:
    found = get(f"http://search.test/v1/search?{query}&page={number}")
    number, pages = number + 1, found["pages"]
    for hit in found["hits"]:
        name, *lines = get(hit["cached"])["text"].split("\n")
        one = dict(line.split(": ", 1) for line in lines)
        if one["Firm"] == firm and one["Joined"] >= "2031-02-04":
            rows.append([name, one["Role"], one["Email"], hit["url"]])
with open("starters.csv", "w", newline="") as file:
    csv.writer(file).writerows([["name", "role", "email", "source"], *rows])
PYTHON
