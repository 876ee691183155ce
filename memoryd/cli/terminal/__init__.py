"""What a person sees: output, progress, consent."""
