"""What a demo is made of: its lock, the cache of its files, the bundle a site serves, its recorded answers."""
