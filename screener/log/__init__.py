"""The screening log: what was asked and answered, by whom and when, in a chain nobody can bend.

It keeps inputs, answers and the texts they rest on, so that any answer can be given again; it
judges nothing. Nothing here is imported, and no database package either, until a log is used.
"""
