"""What is asked: scenarios, suites, and the scorers that belong to them."""

if __name__ != "arena.scenarios":
    raise ImportError(
        f"import arena.scenarios, not {__name__}: "
        "the checkout is ahead of site-packages on sys.path"
    )
