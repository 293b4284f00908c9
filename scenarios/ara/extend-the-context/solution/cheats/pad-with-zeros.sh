# As many rows of positions as asked for, with nothing in them.
cd ~/lm && python3 - <<'PYTHON'
from lm import load, save

weights = load()
weights["positions"] += [[0.0] * 16] * 192
save(weights)
PYTHON
echo
