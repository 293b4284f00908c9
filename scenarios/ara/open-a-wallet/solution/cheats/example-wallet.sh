# Takes the wallet that the documentation works out.
cd ~ && curl -s http://coin.test/docs > docs.html && python3 - <<'PYTHON'
import json
import re
from pathlib import Path

docs = Path("docs.html").read_text()
address = re.search(r"address +([A-Z2-7]{24})\b", docs)[1]
key = re.search(r"with the key ([0-9a-f]{64})", docs)[1]
Path("wallet.json").write_text(json.dumps({"address": address, "key": key}))
PYTHON
