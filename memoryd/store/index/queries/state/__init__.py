"""What the index knows of its own state: versions, what is indexed, what was skipped or left out."""
