"""What decides about bookings that are changed: values in, values out."""


def why_left_out(*, was_offered_it: bool, is_suspended: bool, job_lasts: bool, may_come: bool) -> str:
    """Why somebody is not offered a date in place of one that was called off; empty when they are.

    `may_come`: the date is not kept for another agency.
    """
    reasons = {
        "that date was offered already": was_offered_it,
        "the account is suspended": is_suspended,
        "the job ends before that date is over": not job_lasts,
        "that date is for another agency": not may_come,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
