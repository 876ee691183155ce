"""What the configurations of package managers and build tools say of names and places."""
