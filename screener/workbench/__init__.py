"""For those who edit criteria: what a rule file does, shown by proof, by examples and on people."""
