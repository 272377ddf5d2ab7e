"""The processes of a row, which take their samples in turns."""

import json
import subprocess
import tempfile
import threading
from typing import Any, Dict, List, Optional

from environments import BENCH
from scenarios.protocol import READY

TIMEOUT_SECONDS = 300


class Worker:
    """A scenario with one implementation, started and warmed up."""

    def __init__(self, scenario: str, implementation: str, command: List[str], variables: Dict[str, str]) -> None:
        """
        :param command: the command line, with ``--take-turns``
        :param variables: its environment variables
        """
        self._scenario = scenario
        self._implementation = implementation
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command,
            cwd=BENCH,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._timer = threading.Timer(TIMEOUT_SECONDS, self._process.kill)
        self._timer.start()
        self._result: Optional[Dict[str, Any]] = None
        self._read()

    @property
    def result(self) -> Optional[Dict[str, Any]]:
        """What it measured or why it could not; None while there are samples to take."""
        return self._result

    def take_sample(self) -> None:
        """Let it take one sample, and wait for it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has failed, which is what the next line read tells
        self._read()

    def _read(self) -> None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line.strip() == READY:
            return
        self._process.communicate()
        self._timer.cancel()
        if self._process.returncode == 0 and line:
            self._result = json.loads(line)
        else:
            self._errors.seek(0)
            self._result = {
                "scenario": self._scenario,
                "implementation": self._implementation,
                "failure": self._errors.read().decode(errors="replace")[-2000:]
                or f"ended with {self._process.returncode}; {TIMEOUT_SECONDS} s are allowed",
            }
        self._errors.close()


def take_turns(workers: List[Worker]) -> List[Dict[str, Any]]:
    """Have each worker take a sample, again and again, until all have their results."""
    while any(worker.result is None for worker in workers):
        for worker in workers:
            if worker.result is None:
                worker.take_sample()
    return [worker.result for worker in workers if worker.result is not None]
