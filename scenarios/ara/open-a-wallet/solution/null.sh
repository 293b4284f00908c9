# Looks at the chain and at an address that is not its own, and makes a key of nothing.
curl -s http://coin.test/v1/chain
echo '{"address": "", "key": ""}' > ~/wallet.json
