"""Imported once in the process that writers are forked from: all that makes a start slow."""

from __future__ import annotations

import psycopg

import screener.log.migrate
from tests.log import writing
from tests.log.support import evaluation

ANSWER = evaluation("S-001", 150)
MODULES = (psycopg, screener.log.migrate, writing)
