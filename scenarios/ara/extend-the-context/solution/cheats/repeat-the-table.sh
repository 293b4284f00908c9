# The same 64 positions over and over.
cd ~/lm && python3 - <<'PYTHON'
from lm import load, save

weights = load()
weights["positions"] *= 4
save(weights)
PYTHON
echo
