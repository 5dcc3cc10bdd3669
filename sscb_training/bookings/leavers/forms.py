"""What a coordinator is asked about a leaver's booking."""

from collections.abc import Mapping

from sscb_training.core.forms import Form, also_offer, radios

CANCEL = "cancel"


class LeaverForm(Form):
    """What becomes of the booking: a job to carry it over to, by its key, or cancelling."""

    answer = radios("What happens to this booking?", {}, required="Select what happens to this booking")

    def offer(self, jobs: Mapping[int, str]) -> None:
        """Let it be carried over to these jobs, or cancelled."""
        also_offer(
            self.answer,
            {job_id: f"Carry it over to {job}" for job_id, job in jobs.items()}
            | {CANCEL: "Cancel it without charge"},
        )
