"""What several languages of one family share."""
