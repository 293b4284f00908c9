# A year that is likely, and the name of an article that is never read.
echo '{"year": 1888, "source": "http://wiki.test/wiki/Eastmere"}' > answer.json
