// Owner of the precompiled headers that every target reuses.
