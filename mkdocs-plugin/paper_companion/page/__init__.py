"""What a reader gets: the companion page."""
