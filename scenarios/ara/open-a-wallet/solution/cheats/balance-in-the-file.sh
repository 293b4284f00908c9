# Writes a wallet that looks rich, and whose address was never worked out.
cd ~ && cat > wallet.json <<'JSON'
{"address": "ABCDEFGHIJKLMNOPQRSTABCD", "balance": 5000, "confirmed": true,
 "key": "0000000000000000000000000000000000000000000000000000000000000001"}
JSON
