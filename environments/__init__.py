"""What is played: rules as pure modules, each with a thin environment."""

if __name__ != "arena.environments":
    raise ImportError(
        f"import arena.environments, not {__name__}: "
        "the checkout is ahead of site-packages on sys.path"
    )
