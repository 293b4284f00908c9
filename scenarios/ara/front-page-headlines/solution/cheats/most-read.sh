# Takes what stands in another section.
curl -s http://news.test/index.json | python3 -c '
import json, sys
page = json.load(sys.stdin)
json.dump([s["headline"] for s in page["also"][:5]], open("headlines.json", "w"))
'
