"""What happens when: everything that is planned, done in order of time."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

Act = Callable[[datetime], None]


class Agenda:
    """Things to do at moments. What is done may plan more."""

    def __init__(self) -> None:
        self._planned: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def put(self, at: datetime, act: Act) -> None:
        """Plan to do something at a moment; two things at one moment are done in the order in which they were put."""
        heappush(self._planned, (at, next(self._order), act))

    def run(self, *, until: datetime, tell: Callable[[str], None]) -> None:
        """Do what was planned before a moment; what lies after it stays undone. Tells each year as it is done."""
        year = 0
        while self._planned and self._planned[0][0] < until:
            at, _, act = heappop(self._planned)
            if at.year != year:
                year = at.year
                tell(str(year))
            act(at)
