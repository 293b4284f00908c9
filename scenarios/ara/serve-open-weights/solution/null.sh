# Reads what there is, and rents nothing.
curl -s http://mirror.test/models.json
echo "http://server-1.servers.cloud.test:8000" > ~/endpoint.txt
echo
