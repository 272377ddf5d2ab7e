"""What a document costs the application that sends it: less, if no receiver has to be woken for it."""

import json
import multiprocessing
import os
import socket
import statistics
import time
from pathlib import Path
from typing import Dict

import processes

SENDS = 4_000
#: Busy time between two documents, as an application has it.
GAP_SECONDS = 0.0005
HEADER = b'{"format": "json", "version": 1}\n'


def measure(binary: Path, directory: Path) -> Dict[str, float]:
    """Microseconds of CPU time of one send, by who receives."""
    directory.mkdir(parents=True)
    with processes.agent(binary, directory) as agent:
        to_agent = cost_of_a_send(agent.ports.udp)
    waiting = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    waiting.bind((processes.HOST, 0))
    receiver = multiprocessing.get_context("fork").Process(target=receive, args=(waiting,), daemon=True)
    receiver.start()
    try:
        to_waiting = cost_of_a_send(waiting.getsockname()[1])
    finally:
        receiver.terminate()
        receiver.join()
        waiting.close()
    return {"agent": to_agent, "waiting": to_waiting}


def receive(waiting: socket.socket) -> None:
    """Take each datagram as it comes, as most receivers do."""
    os.sched_setaffinity(0, {int(processes.RECEIVER_CORE)})
    while True:
        waiting.recv(65_536)


def document() -> bytes:
    """A segment of about 1 KB that ended just now."""
    now = time.time()
    segment = {
        "name": "bench",
        "id": "1" * 16,
        "trace_id": f"1-{int(now):08x}-{'1' * 24}",
        "start_time": now,
        "end_time": now,
        "metadata": {"default": {"padding": "x" * 900}},
    }
    return json.dumps(segment).encode()


def cost_of_a_send(port: int) -> float:
    """The median CPU time of a send, in microseconds."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(processes.SENDER_CORE)})
    datagram = HEADER + document()
    costs = []
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.connect((processes.HOST, port))
            for _ in range(SENDS):
                until = time.perf_counter() + GAP_SECONDS
                while time.perf_counter() < until:
                    pass
                started = time.thread_time_ns()
                sender.send(datagram)
                costs.append(time.thread_time_ns() - started)
    finally:
        os.sched_setaffinity(0, allowed)
    return statistics.median(costs) / 1_000
