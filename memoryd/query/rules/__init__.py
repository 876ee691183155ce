"""What a declared rule means, executed on imports, paths and uses."""
