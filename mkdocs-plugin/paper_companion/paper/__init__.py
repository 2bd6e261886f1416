"""What an author says: the paper file, its model and its reader."""
