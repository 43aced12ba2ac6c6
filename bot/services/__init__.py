"""Use cases: one file a topic, one public method a use case, one use case a transaction."""
