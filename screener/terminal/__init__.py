"""Answers as text that a study coordinator can read; it chooses words and never what is true."""

from screener.terminal.answer import (
    COST_WORDS,
    arm_lines,
    missing_words,
    remedy_words,
    render,
    summary_of,
)
from screener.terminal.text import Ink, Paint, clean, plain, wrapped
from screener.terminal.tree import render_trace

__all__ = [
    "COST_WORDS",
    "Ink",
    "Paint",
    "arm_lines",
    "clean",
    "missing_words",
    "plain",
    "remedy_words",
    "render",
    "render_trace",
    "summary_of",
    "wrapped",
]
