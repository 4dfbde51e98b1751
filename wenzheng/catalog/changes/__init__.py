"""What differs between two versions of a definition, in words of the work and not of the text."""
