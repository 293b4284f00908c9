# Looks at the front page and the board, and writes to the box that releases nothing.
curl -s http://desk.test/ http://desk.test/board
token=$(python3 -c 'import json; print(json.load(open("/home/agent/mail.json"))["token"])')
curl -s -H "Authorization: Bearer $token" http://mail.test/v1/letters \
  -d '{"to": "hello@desk.test", "subject": "Hello", "body": "Good day."}'
