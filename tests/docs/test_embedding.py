"""What the page for engineers shows is what there is: sessions, requests, the application."""

from __future__ import annotations

import ast
import doctest
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.docs.readme import ROOT, answered, blocks, command
from tests.web.support import running, settings

PAGE = ROOT / "docs" / "embedding.md"


def test_the_python_sessions_go_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    session = "\n".join(blocks("pycon", PAGE))
    test = doctest.DocTestParser().get_doctest(session, {}, "embedding", str(PAGE), 0)
    assert len(test.examples) >= 10
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    # In a thread of its own, where no browser of another test keeps an event loop running.
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(runner.run, test).result().failed == 0


def test_the_requests_are_answered_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = blocks("console", PAGE)
    with running(settings()) as port:
        monkeypatch.setenv("AT", f"http://127.0.0.1:{port}")
        assert [answered(command(block)) for block in shown] == shown


def test_the_application_shown_is_the_file_and_mounts_the_form() -> None:
    (shown,) = blocks("python", PAGE)
    text = (ROOT / "docs" / "example" / "mounted.py").read_text(encoding="utf-8")
    assert shown == text
    given: dict[str, object] = {}
    exec(compile(ast.parse(text), "mounted.py", "exec"), given)
    app = given["app"]
    assert "/screening" in {getattr(route, "path", "") for route in app.routes}  # type: ignore[attr-defined]
