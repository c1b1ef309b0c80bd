"""The door for programs, under `/api/v1`: each module answers a few addresses and no others."""
