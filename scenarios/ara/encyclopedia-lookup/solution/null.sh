# Reads the front page, and knows nothing.
curl -s http://wiki.test/ > /dev/null
echo '{"year": 0, "source": "http://wiki.test/"}' > answer.json
