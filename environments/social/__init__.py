"""Social situations with questions whose answers come from running them."""
