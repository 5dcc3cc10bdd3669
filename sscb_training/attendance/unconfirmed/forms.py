"""What staff say of somebody who came without booking, once they have asked."""

from sscb_training.core.forms import Form, pick, text
from sscb_training.people.forms import agencies, groups


class CorrectJobForm(Form):
    """Where they really work, and as what."""

    agency_id = pick("Agency", agencies, required="Select their agency")
    job_title = text("Job title", required="Enter their job title", max_length=120)
    staff_group_id = pick("Staff group", groups, required="Select their staff group")
