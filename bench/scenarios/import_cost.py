"""Import what an application imports to trace: CPU time and resident memory of a fresh interpreter."""

import json
import subprocess
import sys
from typing import List

from scenarios import protocol

IMPORTS = {
    "fluoro": "import aws_xray_sdk.core",
    "upstream": "import aws_xray_sdk.core",
    "opentelemetry": "import opentelemetry.sdk.trace.export, opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "datadog": "import ddtrace.trace",
}
PROGRAM = """
import os, time
def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
memory, started = resident(), time.process_time_ns()
{}
spent, memory = time.process_time_ns() - started, resident() - memory
print([spent, memory])
"""


def fresh_interpreter(program: str) -> List[int]:
    """CPU time in nanoseconds and memory in bytes."""
    finished = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)
    numbers: List[int] = json.loads(finished.stdout)
    return numbers


def main() -> None:
    """Measure fresh interpreters; the first one only fills the caches."""
    options = protocol.parse_options()
    program = PROGRAM.format(IMPORTS[options.implementation])
    protocol.pin_to_one_core()
    fresh_interpreter(program)
    results = [fresh_interpreter(program) for _ in protocol.turns(options)]
    protocol.report(options, {"cpu": [spent for spent, _ in results], "memory": [memory for _, memory in results]})


if __name__ == "__main__":
    main()
