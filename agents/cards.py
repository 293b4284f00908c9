"""Players of poker, each of a known policy; the environment holds the policies."""

from __future__ import annotations

from .policies import NamedPolicy

__all__ = [
    "AlwaysCall",
    "AlwaysRaise",
    "Cfr",
    "DqnAggressive",
    "DqnConservative",
    "Equilibrium",
    "LooseAggressive",
    "LoosePassive",
    "Rule",
    "TightAggressive",
    "TightPassive",
]


class AlwaysCall(NamedPolicy):
    """Checks or calls, whatever happens."""

    policy = "always-call"


class AlwaysRaise(NamedPolicy):
    """Bets or raises wherever that is legal, and calls otherwise."""

    policy = "always-raise"


class LoosePassive(NamedPolicy):
    """Stays in with most hands, and seldom raises."""

    policy = "loose-passive"


class TightPassive(NamedPolicy):
    """Gives weak hands up, and seldom raises with the others."""

    policy = "tight-passive"


class LooseAggressive(NamedPolicy):
    """Stays in with many hands, raises often, and bluffs."""

    policy = "loose-aggressive"


class TightAggressive(NamedPolicy):
    """Gives weak hands up, and raises with the others."""

    policy = "tight-aggressive"


class Cfr(NamedPolicy):
    """Near an equilibrium of Hold'em, found by counterfactual regret minimisation."""

    policy = "cfr"


class DqnAggressive(NamedPolicy):
    """As `cfr`, but four times as inclined to bet or raise.

    It stands in for EgoSocialArena's aggressive DQN (arXiv 2410.06195), of which there
    are no published weights: it shares the style, not the training.
    """

    policy = "dqn-aggressive"


class DqnConservative(NamedPolicy):
    """As `cfr`, but four times as inclined to fold.

    It stands in for EgoSocialArena's conservative DQN (arXiv 2410.06195), of which
    there are no published weights: it shares the style, not the training.
    """

    policy = "dqn-conservative"


class Rule(NamedPolicy):
    """The fixed preferences of RLCard's `limit-holdem-rule-v1`, under ACPC rules."""

    policy = "rule"


class Equilibrium(NamedPolicy):
    """An equilibrium of Leduc or Kuhn poker: nobody gains on it in the long run."""

    policy = "equilibrium"
