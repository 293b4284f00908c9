# Looks around, and names a server that was never rented.
curl -s http://cloud.test/docs > ~/docs.html
ls ~/agent
echo 192.0.2.1
