"""The version of the engine: in the package's metadata and in every result."""

VERSION = "0.1.0"
