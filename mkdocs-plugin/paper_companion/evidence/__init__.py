"""What a machine has seen: links, files, replayed examples, reproduced results."""
