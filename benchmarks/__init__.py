"""How fast one patient is screened, against a function written by hand for the same criteria."""
