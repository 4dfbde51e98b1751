"""What the API takes and gives. Field names are those of the glossary; unknown fields are refused."""
