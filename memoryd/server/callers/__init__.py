"""Who asks over the Unix socket, by what the kernel tells: a person at a terminal or a program."""
