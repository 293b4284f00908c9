"""For tests of your own plug-ins: checks of the contracts, and fakes that run."""

from .checks import CheckFailed, check_agent, check_env, check_scenario
from .fakes import ScriptedChatModel

__all__ = [
    "CheckFailed",
    "ScriptedChatModel",
    "check_agent",
    "check_env",
    "check_scenario",
]
