"""The commands: arguments and help; what does the work is imported when a command runs."""
