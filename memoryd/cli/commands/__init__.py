"""What a verb of the command line does; imported when it runs."""
