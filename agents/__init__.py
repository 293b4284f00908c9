"""Who plays: chat models, scripted baselines and opponents."""

if __name__ != "arena.agents":
    raise ImportError(
        f"import arena.agents, not {__name__}: "
        "the checkout is ahead of site-packages on sys.path"
    )
