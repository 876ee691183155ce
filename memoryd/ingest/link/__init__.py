"""Cross-file linking: from names in files to edges between definitions. Pure: facts in, edges out."""
