"""What search ranks: postings, vectors and history votes over one view. Knows no question yet."""
