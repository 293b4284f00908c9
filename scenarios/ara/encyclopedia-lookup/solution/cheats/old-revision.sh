# Goes the whole way, and then believes the revision that stood longest in large letters.
python3 - <<'PYTHON'
import json
import re
import urllib.parse
import urllib.request

WIKI = "http://wiki.test"


def read(url):
    with urllib.request.urlopen(f"{WIKI}{url}") as answer:
        return json.load(answer)


firm = re.search(r"acquired (.*)\?", open("question.txt").read())[1]
text = read("/wiki/" + urllib.parse.quote(firm.replace(" ", "_")) + ".json")["text"]
trade = re.search(r"the ([a-z ]+?) (?:of|that owned) ", text)[1]
found = read("/search.json?q=founded")["articles"]
url = next(a["url"] for a in found if f"({trade})" in a["title"])
read(f"{url}.json")
text = read(f"{url}/revision/3.json")["text"]
year = int(re.search(r"founded in (\d{4})", text)[1])
json.dump({"year": year, "source": WIKI + url}, open("answer.json", "w"))
PYTHON
