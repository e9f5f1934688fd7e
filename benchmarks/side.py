"""`python -m benchmarks.side WORK ARGUMENTS`: prepares one side's work, does it for each line read."""

import gc
import importlib
import json
import resource
import sys
import time


def main() -> None:
    """Prepare, then answer each line with the seconds and processor seconds of one piece of work, peak
    megabytes, and what came of it."""
    module, _, name = sys.argv[1].partition(":")
    count, work = getattr(importlib.import_module(module), name)(*json.loads(sys.argv[2]))
    for _ in sys.stdin:
        gc.collect()
        before, began = _processor(), time.perf_counter()
        told = work()
        wall, cpu = time.perf_counter() - began, _processor() - before
        sys.stdout.write(json.dumps([wall / count, cpu / count, _peak(), told]) + "\n")
        sys.stdout.flush()


def _processor() -> float:
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
