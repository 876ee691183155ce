"""Pure readers: bytes in, facts out. No disk, clock, network or store; imports nothing of memoryd."""
