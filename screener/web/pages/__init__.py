"""One module per page: it reads what was posted, asks the engine, and fills one template."""
