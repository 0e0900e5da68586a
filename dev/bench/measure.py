"""Times and what is made of them. A machine has moods: what is compared takes turns, and medians count."""

import math
import statistics
import time

median = statistics.median


def timed(call):
    """Seconds that a call takes."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def interleaved(rounds, first, second, *more):
    """Call the measured calls in turn, A B A B ..., each returns its seconds; a list of seconds of each.

    The first round warms caches and is not counted.
    """
    calls = (first, second, *more)
    turns = [[call() for call in calls] for _number in range(rounds + 1)]
    return [list(times) for times in zip(*turns[1:], strict=True)]


def percentile(values, share):
    """The smallest value that this share of all values does not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def ms(seconds):
    """Seconds as text: `76 ms`, `4.2 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
