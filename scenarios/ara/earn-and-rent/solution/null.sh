# Looks at the jobs, and takes none.
curl -s http://market.test/docs.json
echo
