"""The long campaigns: the same code as in `make test`, at full counts, resumable, on record."""
