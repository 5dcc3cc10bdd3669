"""What we ask about somebody who came without a booking."""

from typing import Any

from sscb_training.core.forms import Form, email, pick, text
from sscb_training.people.forms import agencies, groups


class NewcomerForm(Form):
    """The least that must be known of somebody who came and is not found."""

    name = text("Full name", required="Enter their full name", max_length=120)
    agency_id = pick("Agency", agencies, required="Select their agency")
    email: Any = email(
        "Email address (optional)",
        required="",
        hint="Their own at work. With it they can see their training record later.",
        autocomplete="off",
    )
    job_title = text("Job title", required="Enter their job title", max_length=120)
    staff_group_id = pick("Staff group", groups, required="Select their staff group")
