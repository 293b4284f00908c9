"""The formats by name."""

from __future__ import annotations

from collections.abc import Mapping

from .agieval import AGIEVAL
from .bigtom import BIGTOM
from .egosocialarena import EGOSOCIALARENA
from .fantom import FANTOM
from .hi_tom import HI_TOM
from .inspect_ai import INSPECT
from .introspection import INTROSPECTION
from .multiple_choice import MULTIPLE_CHOICE
from .negotiationtom import NEGOTIATIONTOM
from .opentom import OPENTOM
from .rows import Format
from .socialiqa import SOCIALIQA
from .tombench import TOMBENCH
from .tomi import TOMI

__all__ = ["FORMATS"]

FORMATS: Mapping[str, Format] = {
    "agieval": AGIEVAL,
    "bigtom": BIGTOM,
    "egosocialarena": EGOSOCIALARENA,
    "fantom": FANTOM,
    "hi-tom": HI_TOM,
    "inspect": INSPECT,
    "introspection": INTROSPECTION,
    "multiple-choice": MULTIPLE_CHOICE,
    "negotiationtom": NEGOTIATIONTOM,
    "opentom": OPENTOM,
    "socialiqa": SOCIALIQA,
    "tombench": TOMBENCH,
    "tomi": TOMI,
}
