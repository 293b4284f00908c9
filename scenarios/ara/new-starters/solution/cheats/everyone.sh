# Lists all who work at the firm, new or not.
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


page = get(re.search(r"http://people\S+", Path("letter.txt").read_text())[0])
linked = [one["url"] for one in page["team"] + page["news"] if one["url"]]
urls = [f"http://people.test{url}" for url in linked]
query = urllib.parse.urlencode({"q": page["title"]})
number, pages = 1, 1
while number <= pages:
    found = get(f"http://search.test/v1/search?{query}&page={number}")
    urls += [hit["url"] for hit in found["hits"]]
    number, pages = number + 1, found["pages"]
rows = []
for url in dict.fromkeys(urls):
    one = get(url)
    if one["firm"] == page["title"]:
        rows.append([one["name"], one["role"], one["email"], url])
with open("starters.csv", "w", newline="") as file:
    csv.writer(file).writerows([["name", "role", "email", "source"], *rows])
PYTHON
