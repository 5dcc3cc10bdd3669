"""What staff say of somebody who came without booking, once they have asked."""

from sscb_training.attendance.forms import agency_names, staff_group_names
from sscb_training.core.forms import Form, pick, text


class CorrectJobForm(Form):
    """Where they really work, and as what."""

    agency_id = pick("Agency", agency_names, required="Select their agency")
    job_title = text("Job title", required="Enter their job title", max_length=120)
    staff_group_id = pick("Staff group", staff_group_names, required="Select their staff group")
