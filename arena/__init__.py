"""Arena: measure what language-model agents can do on their own and with others.

Import from the modules: `arena.env` and `arena.tools` to write an environment,
`arena.agent` to write an agent, `arena.scoring` a scorer, `arena.testing` to check
them; `arena.scenario`, `arena.plan`, `arena.run` and `arena.results` to run a suite
from Python; `arena.trajectory` to read what was recorded.
"""
