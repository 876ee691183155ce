"""Teaching the search model a project while the machine is idle."""
