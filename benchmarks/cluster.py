"""Starts a Spark cluster of this machine: `python -m benchmarks.cluster [--workers 2]`.

It is the standalone cluster of the package `pyspark`, with nothing left out but the network: a
master, and workers of one core each, every one a process of its own on loopback, whose executors
are processes of their own too. There is no Python on the workers. It needs Java 17 or later.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

HOST = "127.0.0.1"
#: So long, in seconds, may a master or a worker take to be there.
PATIENCE = 120.0
#: What a Java machine is told that lives for a minute: it compiles little, with one thread.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
#: Whoever asks a worker for Python does not find it.
NO_PYTHON = "/no/python/on/the/workers"
_MEMORY, _EXECUTOR = "600m", "512m"
_MASTER = re.compile(rf"spark://{re.escape(HOST)}:[0-9]+")
_JOINED = re.compile(r"Successfully registered with master")
#: Spark's own words for what is wrong, and nothing beside.
_QUIET = """rootLogger.level = error
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %p %c: %m%n
"""


class Cluster(NamedTuple):
    """A cluster that runs: the URL of its master, and the environment that programs of it need.

    The environment names a folder of settings in which Spark finds that all is on loopback, how
    large an executor is, and that nothing is written on a terminal.
    """

    master: str
    environment: Mapping[str, str]


@contextmanager
def cluster(workers: int = 2, *, java: str = "", **settings: str) -> Iterator[Cluster]:
    """Start a master and so many workers; all are gone in the end.

    Args:
        workers: how many, each of one core and 600 MB.
        java: words for the Java machines of the driver and of the executors.
        settings: further ones of Spark, `_` for a dot, without `spark.`: `sql_ansi_enabled="true"`.

    Raises:
        RuntimeError: Java or `pyspark` is missing, or one of them did not start; what it told
            stands in the message.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="screener-spark-")))
        # Ports are chosen by the system, so that two clusters never meet.
        place = ("--host", HOST, "--port", "0", "--webui-port", "0")
        log = folder / "master.log"
        stack.enter_context(_started("master.Master", place, log, folder))
        master = _told(log, _MASTER)
        logs = [folder / f"worker-{number}.log" for number in range(workers)]
        size = ("--cores", "1", "--memory", _MEMORY, "--work-dir", str(folder))
        for log in logs:
            stack.enter_context(_started("worker.Worker", (*place, *size, master), log, folder))
        for log in logs:
            _told(log, _JOINED)
        own = {f"spark.{name.replace('_', '.')}": value for name, value in settings.items()}
        conf = _conf(folder / "conf", java, own)
        yield Cluster(
            master,
            {
                "SPARK_CONF_DIR": str(conf),
                "SPARK_LOCAL_IP": HOST,
                "PYSPARK_PYTHON": NO_PYTHON,
            },
        )


def _conf(folder: Path, java: str, settings: Mapping[str, str]) -> Path:
    """The folder of settings of the programs that use the cluster."""
    folder.mkdir()
    words = {
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.executor.memory": _EXECUTOR,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        **(
            {f"spark.{one}.extraJavaOptions": java for one in ("driver", "executor")}
            if java
            else {}
        ),
        **settings,
    }
    lines = "".join(f"{word} {value}\n" for word, value in words.items())
    (folder / "spark-defaults.conf").write_text(lines, encoding="utf-8")
    (folder / "log4j2.properties").write_text(_QUIET, encoding="utf-8")
    return folder


@contextmanager
def _started(part: str, words: tuple[str, ...], log: Path, folder: Path) -> Iterator[None]:
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise RuntimeError("`pyspark` is not installed: pip install 'screener[spark]'")
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise RuntimeError("there is no Java: Spark needs 17 or later")
    home = Path(spec.origin).parent
    settings = {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK,
        "PYSPARK_PYTHON": NO_PYTHON,
    }
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{part}", *words]
    with log.open("wb") as told:
        process = subprocess.Popen(
            command, stdout=told, stderr=told, env={**os.environ, **settings}
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def _told(log: Path, pattern: re.Pattern[str]) -> str:
    """Wait until the log says it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = pattern.search(log.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            return found.group()
        time.sleep(0.1)
    raise RuntimeError(f"Spark did not start:\n{log.read_text(errors='replace')}")


def main() -> None:
    """Start a cluster, say how a program finds it, and end it when interrupted."""
    parser = argparse.ArgumentParser(prog="benchmarks.cluster", description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with cluster(asked.workers) as started:
        for name, value in started.environment.items():
            print(f"export {name}={value}")
        print(f"# screener cohort … --engine spark --master {started.master}", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
