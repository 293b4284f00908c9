"""For tests of your own plug-ins: checks of the contracts, and fakes that run."""

from .checks import CheckFailed, check_agent, check_env, check_scenario
from .fakes import ScriptedChatModel
from .item_checks import audit_scenario, check_items
from .sandbox_checks import check_sandbox
from .task_checks import check_task

__all__ = [
    "CheckFailed",
    "ScriptedChatModel",
    "audit_scenario",
    "check_agent",
    "check_env",
    "check_items",
    "check_sandbox",
    "check_scenario",
    "check_task",
]
