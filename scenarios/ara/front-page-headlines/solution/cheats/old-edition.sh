# Writes down one edition, and looks again when there is another.
curl -s http://news.test/index.json | python3 -c '
import json, sys
page = json.load(sys.stdin)
json.dump([s["headline"] for s in page["top"]], open("headlines.json", "w"))
'
curl -s -X POST http://status.test/v1/wait -d '{"seconds": 900}' > /dev/null
curl -s http://news.test/ > /dev/null
