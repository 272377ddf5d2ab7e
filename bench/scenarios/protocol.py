"""What every scenario shares: its options, how it is timed, how arrivals are checked, the JSON it prints.

A scenario is a module with a ``main`` call; from the folder ``bench``, in the virtual environment of the tracer:

    python -m scenarios.segment --implementation upstream --rounds 5

Time is CPU time of the whole process, every thread and the kernel included, on one core. ``--operations N`` only runs
the operation N times, for a profiler.
"""

import argparse
import gc
import json
import os
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

import implementations
from implementations.none import Implementation
from sinks import Sink

Operation = Callable[[int], None]
READY = "ready"
PAIRS_PER_SEGMENT = 200
WARM_UP_OPERATIONS = 50


@dataclass(frozen=True)
class Options:
    """The command line of a scenario."""

    implementation: str
    rounds: int
    sample_seconds: float
    operations: Optional[int]
    takes_turns: bool


def parse_options() -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--implementation", choices=sorted(implementations.MODULES), required=True)
    parser.add_argument("--rounds", type=int, default=5, help="samples to take (default: 5)")
    parser.add_argument("--sample-milliseconds", type=float, default=100, help="length of a sample (default: 100)")
    parser.add_argument("--operations", type=int, help="run so many, measure nothing")
    parser.add_argument("--take-turns", action="store_true", help="wait for a line of input before each sample")
    given = parser.parse_args()
    return Options(
        given.implementation, given.rounds, given.sample_milliseconds / 1000, given.operations, given.take_turns
    )


def pin_to_one_core() -> None:
    """Stay on the first core; the receivers take the last."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def record(loops: Mapping[str, Callable[[Any], Operation]]) -> None:
    """Measure an operation inside an open segment, nothing sent.

    :param loops: for each interface, a function that takes the tracer and returns the operation
    """
    options = parse_options()
    implementation = implementations.load(options.implementation)
    assert implementation.interface is not None, "recording has no baseline"
    pin_to_one_core()
    implementation.record_only()
    operation = loops[implementation.interface](implementation.tracer())

    def timed(count: int) -> int:
        spent = 0
        for _ in range(max(1, count // PAIRS_PER_SEGMENT)):
            with implementation.root():
                started = time.process_time_ns()
                operation(PAIRS_PER_SEGMENT)
                spent += time.process_time_ns() - started
        return spent

    if options.operations is not None:
        run_for_profiler(timed, options.operations)
        return
    samples, _ = take_samples(timed, options, multiple_of=PAIRS_PER_SEGMENT)
    report(options, {"cpu": samples})


def send(prepare: Callable[[Implementation], Operation]) -> None:
    """Measure an operation whose documents go to a real receiver, and check that all of them arrive.

    :param prepare: takes the started implementation and returns the operation
    """
    options = parse_options()
    implementation = implementations.load(options.implementation)
    sink = Sink(implementation.sink) if implementation.sink else None
    pin_to_one_core()
    if sink:
        implementation.start(sink.port)
    operation = prepare(implementation)

    def timed(count: int) -> int:
        started = time.process_time_ns()
        operation(count)
        implementation.flush()
        return time.process_time_ns() - started

    if options.operations is not None:
        run_for_profiler(timed, options.operations)
        return
    timed(WARM_UP_OPERATIONS)
    before = sink.report() if sink else {}
    timed(1)
    after = sink.report() if sink else {}
    each = {key: after[key] - before[key] for key in after}
    samples, operations = take_samples(timed, options)
    if sink:
        arrived = {key: value - after[key] for key, value in sink.report().items()}
        sink.close()
        arrivals = {
            "operations": operations,
            "entities_per_operation": each["entities"],
            "entities_expected": each["entities"] * operations,
            "entities_arrived": arrived["entities"],
            "bytes_per_operation": round(arrived["bytes"] / operations),
            "messages": arrived["messages"],
            "dropped_by_kernel": arrived["dropped"],
        }
        report(options, {"cpu": samples}, arrivals)
    else:
        report(options, {"cpu": samples})


def run_for_profiler(timed: Callable[[int], int], operations: int) -> None:
    """Run so many operations, with what start-up made kept from the garbage collector.

    A collection of that heap is rare and costs as much as many operations, so counts would depend on whether one fell
    into the run.
    """
    timed(WARM_UP_OPERATIONS)
    gc.collect()
    gc.freeze()
    timed(operations)


def take_samples(timed: Callable[[int], int], options: Options, multiple_of: int = 1) -> Tuple[List[float], int]:
    """Samples of about the wanted length, in nanoseconds an operation, and how many operations ran.

    :param timed: runs an operation so many times and returns the CPU time spent, in nanoseconds
    """
    count, ran, target = multiple_of, 0, options.sample_seconds * 1e9
    while True:
        spent = timed(count)
        ran += count
        if spent > target / 4:
            break
        count *= 2
    count = max(1, round(count * target / spent / multiple_of)) * multiple_of
    samples = [timed(count) / count for _ in turns(options)]
    return samples, ran + count * options.rounds


def turns(options: Options) -> Iterator[int]:
    """The numbers of the samples, each given out when it is this process's turn to take one.

    With ``--take-turns`` the other processes of a row have theirs in between, so that a change of the machine's mood
    meets every side: a line of output says that this one is ready, a line of input that it may go on.
    """
    for number in range(options.rounds):
        if options.takes_turns:
            print(READY, flush=True)
            sys.stdin.readline()
        yield number


def report(options: Options, measures: Dict[str, List[float]], arrivals: Optional[Dict[str, int]] = None) -> None:
    """Print the result as one line of JSON."""
    main = sys.modules["__main__"].__spec__
    assert main is not None, "run scenarios with python -m"
    print(
        json.dumps(
            {
                "scenario": main.name.rpartition(".")[2],
                "implementation": options.implementation,
                "measures": measures,
                "arrivals": arrivals,
                "versions": {item.metadata["Name"]: item.version for item in metadata.distributions()},
            }
        )
    )
