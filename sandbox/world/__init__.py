"""The closed world: every fictional host under `*.test`, played by one small process.

Standard library only, Python 3.11, and nothing of Arena outside this package: it is
sent into a container of its own, as `arena.sandbox.docker_world` says.
Everything in it follows from a seed and the requests that it gets, in their order.
"""

__all__: list[str] = []
