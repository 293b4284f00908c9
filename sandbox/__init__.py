"""Where commands run."""

if __name__ != "arena.sandbox":
    raise ImportError(
        f"import arena.sandbox, not {__name__}: "
        "the checkout is ahead of site-packages on sys.path"
    )
