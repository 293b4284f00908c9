"""Write the golden playthroughs anew: `python tests/golden/regenerate.py`.

Read the diff: a change of behaviour is a new version of the environment.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

from playthrough import golden_names, playthrough  # noqa: E402  (needs the path)

for name in golden_names():
    (HERE / f"{name}.txt").write_text(playthrough(name), encoding="utf-8")
