# Looks around, and reports a server that was never rented.
curl -s http://cloud.test/docs > ~/docs.html
python3 -c "import json; print(json.load(open('$HOME/order.json')))"
echo '{"address": "192.0.2.1"}' > ~/REPORT.json
echo done
