"""Label rules as versioned TOML, and the pass that applies them to texts."""
