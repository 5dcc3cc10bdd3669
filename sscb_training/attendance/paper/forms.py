"""What somebody who has the paper before them is asked."""

from collections.abc import Mapping, Sequence

from sscb_training.attendance.models import Mark, Seen
from sscb_training.attendance.paper import rules
from sscb_training.attendance.paper.queries import PaperLine
from sscb_training.attendance.paper.rules import Unread
from sscb_training.core.errors import Refused
from sscb_training.core.forms import Form, hidden, long_text


class FromPaperForm(Form):
    """Who on the sheet did not simply attend."""

    exceptions = long_text(
        "Everybody attended except",
        hint="The numbers on the sheet, with a comma between them: 3, 7 late, 9-11, 12 left early. "
        "A number alone did not attend. Minutes that were missed can follow: 7 late 15. "
        "Leave it empty if everybody attended",
        lines=3,
        max_length=2000,
    )
    seen = hidden(max_length=20_000)

    def marks(self, lines: Sequence[PaperLine]) -> Mapping[int, Seen] | None:
        """The mark of every line, by booking; none, with the error beside the question, when it cannot be read."""
        try:
            found = rules.exceptions(self.exceptions.data, numbers={line.number for line in lines})
        except Unread as unread:
            self.refuse(Refused(str(unread)), "exceptions")
            return None
        return {line.booking.id: found.get(line.number, Seen(Mark.ATTENDED)) for line in lines}
