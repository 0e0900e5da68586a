"""What tests came to."""

from dataclasses import dataclass, field


@dataclass
class Result:
    """Counts, and notes on what was skipped."""

    passed: int = 0
    failed: int = 0
    notes: list = field(default_factory=list)

    def __add__(self, other):
        return Result(self.passed + other.passed, self.failed + other.failed, self.notes + other.notes)
