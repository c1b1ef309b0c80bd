"""Answers as text that a study coordinator can read; it chooses words and never what is true."""

from screener.terminal.answer import COST_WORDS, arm_lines, remedy_words, render
from screener.terminal.text import Ink, Paint, clean, plain, wrapped
from screener.terminal.tree import render_trace

__all__ = [
    "COST_WORDS",
    "Ink",
    "Paint",
    "arm_lines",
    "clean",
    "plain",
    "remedy_words",
    "render",
    "render_trace",
    "wrapped",
]
