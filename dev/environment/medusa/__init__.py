"""Real Medusa backends from npm: installed once per version, and a database template with a small shop in it."""
