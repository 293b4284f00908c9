# Plausible headlines, and no page fetched but the archive.
curl -s http://news.test/archive > /dev/null
python3 -c 'import json; json.dump([f"Fog holds {n} boats in Aldmoor" for n in range(5)], open("headlines.json", "w"))'
