"""The command line: it reads arguments, calls the engine and prints; it judges nothing."""


def main() -> None:
    """Run the command given on the command line."""
    from screener.cli.app import app

    app(prog_name="screener")
