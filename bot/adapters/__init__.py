"""The world behind the ports; no adapter knows another."""
