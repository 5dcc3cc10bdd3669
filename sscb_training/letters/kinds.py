"""Every letter whose text the board's staff may change: when it goes, to whom, and the fields that it has.

A new letter is its text as delivered, `templates/mail/<feature>/<name>.txt`, and an entry in `_KINDS`. What a field
gives is the block of the same name in `templates/mail/<feature>/_fields.txt`, and `FIELDS` tells staff what it is.
When its reason is gone stands in its feature's queries (`bookings.letters.queries.WHY_NOT`).
"""

from collections.abc import Mapping

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.external import queries as external
from sscb_training.accreditation.reminders import queries as reminders
from sscb_training.attendance.confirmations import queries as confirmations
from sscb_training.bookings.charges import queries as charges
from sscb_training.bookings.letters import queries as bookings
from sscb_training.bookings.models import Booking
from sscb_training.case_audits.briefings import queries as briefings
from sscb_training.certificates import paper
from sscb_training.certificates.sessions import queries as session_certificates
from sscb_training.core.mail import Attach, WhyNot
from sscb_training.core.texts import Field, Kind
from sscb_training.evaluations import queries as evaluations
from sscb_training.evaluations.first_use import queries as first_use
from sscb_training.needs.headcounts import queries as headcounts
from sscb_training.quizzes import queries as quizzes
from sscb_training.reports.board import queries as frozen
from sscb_training.reports.schedules import queries as schedules
from sscb_training.tools.champions import queries as champions
from sscb_training.trainers.invitations import queries as invitations

PUBLIC = "PUBLIC_URL"
"""In an example, what stands for the address of this installation."""

FIELDS: Mapping[str, Field] = {
    "name": Field("The delegate’s name", "Asha Patel", in_subject=True),
    "course": Field(
        "The course. In the subject it is “Training” where the course asks for that",
        "Core groups and child protection plans",
        in_subject=True,
        discreet="Training",
    ),
    "date": Field("The first day of the session", "Tuesday 9 March 2027", in_subject=True),
    "reference": Field("The booking’s reference", "K7MP-Q2XD", in_subject=True),
    "when and where": Field(
        "Each part with its day, times and place", "Tuesday 9 March 2027, 9:30am to 4pm\nShirehall, Abbey Foregate"
    ),
    "when": Field("Each part with its day, times and venue", "Tuesday 9 March 2027, 9:30am to 4pm, Shirehall"),
    "how to join": Field(
        "Each part with its day, times, and how to get in or join online",
        "Tuesday 9 March 2027, 9:30am to 4pm\n\nShirehall, Abbey Foregate\n\nRing at the side door.",
    ),
    "what to bring": Field("What the course asks people to bring", "a laptop", may_be_empty=True),
    "joining instructions": Field(
        "The session’s own joining instructions", "Please arrive ten minutes early.", may_be_empty=True
    ),
    "charge terms": Field(
        "What cancelling late and not coming cost",
        "Free to cancel until 2 March 2027. After that, or if you do not come, your agency is charged £50.",
        may_be_empty=True,
    ),
    "discreet note": Field(
        "Why the subject does not name the course, where it does not",
        "We do not name this course in the subject of letters or in calendars, so that nobody who looks on can "
        "see what it is about.",
        may_be_empty=True,
    ),
    "booking link": Field("The page of the booking", f"{PUBLIC}/my-bookings", is_address=True),
    "course link": Field("The course’s page, with its other dates", f"{PUBLIC}/courses", is_address=True),
    "courses link": Field("The page of all courses", f"{PUBLIC}/courses", is_address=True),
    "date link": Field("The page on which to book this date", f"{PUBLIC}/courses", is_address=True),
    "version asked for": Field(
        "Which version the date is of, for somebody who asked for dates of one version or later",
        "You asked for dates of version 2 or later. This one is of version 2.",
        may_be_empty=True,
    ),
    "my bookings link": Field("The delegate’s page of bookings", f"{PUBLIC}/my-bookings", is_address=True),
    "team link": Field("The agency’s people on this date", f"{PUBLIC}/my-agency", is_address=True),
    "approval link": Field("Where to approve or decline", f"{PUBLIC}/approvals", is_address=True),
    "deadline": Field("Until when to answer", "5pm on Friday 26 February 2027"),
    "who approves": Field("Who was asked to approve", "Mo Manager"),
    "who declined": Field("Who did not approve", "Mo Manager"),
    "decline reason": Field("The reason that they gave", "We cannot cover that week."),
    "approver name": Field("Who is asked to approve", "Mo Manager"),
    "what to approve": Field("A booking, or how many", "a booking", in_subject=True),
    "who asks": Field("The delegate, or who asks for several", "Asha Patel"),
    "delegates": Field("Each delegate with job and reference", "Asha Patel, School nurse (reference K7MP-Q2XD)"),
    "how to answer": Field(
        "To approve or decline, and whether that needs an account", "Approve or decline, without an account"
    ),
    "without an account": Field(
        "How to answer, for somebody who has no account yet",
        "You have no account yet. Create one with this email address and answer, or ask your agency’s lead to answer "
        "for you.",
        may_be_empty=True,
    ),
    "how to stay": Field(
        "How to stay on the waiting list, while that can be done",
        f"You can stay on the waiting list, at its end:\n{PUBLIC}/my-bookings",
        may_be_empty=True,
    ),
    "what ended": Field("A place, or a place on the waiting list", "place"),
    "how it ended": Field("Cancelled, or cancelled by the board", "cancelled"),
    "ended": Field("When it ended", "1 March 2027 at 10:15am"),
    "charge": Field("Whether a charge follows, and why", "No charge follows: it was cancelled in time."),
    "reason": Field("The reason that was given", "Work priorities", may_be_empty=True),
    "what changed": Field(
        "What it was and what it is now, one after the other",
        "Time\nWas: Tuesday 2 March 2027, 9:30am to 4pm\nNow: Tuesday 9 March 2027, 9:30am to 4pm",
    ),
    "what you have": Field(
        "A place, an offer, a place that waits for approval, or a wait",
        "You have a place on Core groups and child protection plans",
    ),
    "what to do now": Field(
        "What whoever cannot come any more can do, and until when it is free",
        "If you cannot come now, please cancel, so that somebody else can have the place.",
        may_be_empty=True,
    ),
    "where to train": Field(
        "Each part with its day, times and place or online address",
        "Tuesday 9 March 2027, 9:30am to 4pm\nShirehall, Abbey Foregate",
    ),
    "why it is off": Field("Why the session was cancelled", "Heavy snow."),
    "why it is needed": Field("That the board cancelled the part, or that they missed it", "We had to cancel"),
    "trainer name": Field("The trainer’s name", "Tom Trainer", in_subject=True),
    "who invited": Field("The member of staff who asked, or the board", "Cara Board"),
    "answer to invitation": Field("Whether the trainer accepted or declined", "accepted", in_subject=True),
    "invitation link": Field("Where the trainer accepts or declines", f"{PUBLIC}/train", is_address=True),
    "trainers link": Field("The page of the date’s trainers", f"{PUBLIC}/sessions", is_address=True),
    "manager name": Field("The manager’s name", "Mo Manager"),
    "colleague": Field("Whose place it was", "Ben Jones"),
    "new delegate": Field("Who takes the place", "Dev Brown"),
    "old date": Field("The date that was given up or cancelled", "Tuesday 2 March 2027"),
    "new date": Field("The date that was chosen", "Tuesday 9 March 2027"),
    "new reference": Field("The reference of the new booking", "T4RW-9HJC"),
    "job": Field("The job and agency that the booking is for", "Health visitor, Midlands Partnership"),
    "area": Field("The area that gave the accreditation", "Telford and Wrekin Safeguarding Partnership"),
    "expires on": Field("The last day that an accreditation counts", "9 March 2027", in_subject=True),
    "how to renew": Field(
        "The courses by which to be accredited again, with their dates",
        f"To be accredited again, choose a date of:\nGraded Care Profile 2 practitioner training\n{PUBLIC}/courses",
    ),
    "last day": Field("The last day of a job", "Wednesday 31 March 2027"),
    "leavers link": Field("Where to decide about bookings of leavers", f"{PUBLIC}/leavers", is_address=True),
    "how it stands": Field(
        "Whether it is confirmed, waits, or is asked to be approved", "Your place is confirmed."
    ),
    "lead name": Field("The lead’s name", "Ben Lead"),
    "agency": Field("The agency", "Hill School", in_subject=True),
    "headcounts wanted": Field("The staff groups that are asked about", "Teachers\nDesignated safeguarding leads"),
    "headcounts due": Field("The last day to send them in", "Friday 30 April 2027", in_subject=True),
    "replaced note": Field(
        "That it replaces an earlier letter, where it does",
        "This letter replaces ours of 1 March 2027, which asked for them by 31 March 2027.",
        may_be_empty=True,
    ),
    "headcounts link": Field("The page on which to send them in", f"{PUBLIC}/headcounts", is_address=True),
    "people": Field(
        "Each person of the list, and what became of them",
        "Asha Patel: confirmed (reference K7MP-Q2XD)\nDev Brown: on the waiting list (reference T4RW-9HJC)",
    ),
    "part": Field("Which part it is", "part 2"),
    "day of the part": Field("The day of that part", "Tuesday 16 March 2027", in_subject=True),
    "times of the part": Field("From when to when it would have been", "9:30am to 1pm"),
    "why the part is off": Field("Why the part was cancelled", "Heavy snow."),
    "place or wait": Field("A place, or a place on the waiting list", "place"),
    "what stays": Field("The parts that take place", "Part 1: Tuesday 9 March 2027, 9:30am to 1pm"),
    "reader": Field("To whom this letter goes: the delegate, a lead or the manager", "Asha Patel"),
    "amount": Field("How much", "£50"),
    "why it is charged": Field("What was late or missed, and when", "Cancelled on 5 March 2027, after 2 March 2027."),
    "rule": Field(
        "The rule under which the booking was made",
        "Free to cancel until 2 March 2027. After that, or if you do not come, your agency is charged £50.",
        may_be_empty=True,
    ),
    "evaluation link": Field(
        "Where to answer, without an account; for one person and one time", f"{PUBLIC}/my-evaluations", is_address=True
    ),
    "confirmation link": Field(
        "Where the manager answers, without an account; for one person and one time",
        f"{PUBLIC}/confirmations",
        is_address=True,
    ),
    "answer by": Field("The last day on which it can be sent in", "Saturday 8 May 2027"),
    "certificate note": Field(
        "That the certificate waits for it, where the course says so",
        "Your certificate is released once you have sent it in.",
        may_be_empty=True,
    ),
    "reminder note": Field(
        "In a reminder, that it is one", "This is a reminder. It stops once you have answered.", may_be_empty=True
    ),
    "certificates": Field(
        "Each certificate that is attached, with its course or accreditation",
        "Certificate of attendance: Core groups and child protection plans",
    ),
    "new name": Field("The name that the holder has now", "Asha Shah"),
    "record link": Field(
        "The training record, where all certificates are", f"{PUBLIC}/my-training-record", is_address=True
    ),
    "first name": Field("The delegate’s first name", "Asha", in_subject=True),
    "accreditation": Field("The accreditation", "Graded Care Profile 2", in_subject=True),
    "code": Field("Its short name", "GCP2", in_subject=True),
    "from": Field("The first day that it counts", "9 March 2027"),
    "expiry": Field("The last day that it counts, if there is one", "The last day that it counts is 9 March 2030."),
    "who names you": Field("The lead or the member of staff who asks", "Ben Lead"),
    "champion link": Field("Where to agree or decline", f"{PUBLIC}/champions", is_address=True),
    "report": Field("The report’s title", "Board report, quarterly", in_subject=True),
    "report period": Field("The days of the report", "from 1 July 2026 to 30 September 2026"),
    "report of": Field("What the report is of: one agency, or all", "of all agencies"),
    "report link": Field("The page of the frozen copy, for whoever may see it", f"{PUBLIC}/reports", is_address=True),
    "why it failed": Field("What was wrong the last time", "Nobody who receives it may see it any more."),
    "schedule link": Field("The page of the schedule, to take it up on", f"{PUBLIC}/reports/schedules", is_address=True),
    "author": Field("Whoever submitted the briefing", "Cara Board"),
    "briefing": Field("The briefing’s title", "Learning from case audits", in_subject=True),
    "who sent it back": Field("The member of staff who sent it back", "Olga Other"),
    "why it came back": Field("What has to change", "Say in the summary whom it is for."),
    "briefing link": Field("The page on which it is composed", f"{PUBLIC}/manage/briefings", is_address=True),
    "quiz link": Field("The page of the assessment, for the delegate signed in", f"{PUBLIC}/my-bookings", is_address=True),
    "time note": Field(
        "That the time is limited, where it is",
        "It has a time limit, which runs from when you begin. You can stop and go on on another device meanwhile.",
        may_be_empty=True,
    ),
    "begin by note": Field(
        "Until when it can be begun, where that ends", "You can begin until Tuesday 6 April 2027.", may_be_empty=True
    ),
    "board name": Field("The board’s name", "Shropshire Safeguarding Children Board", in_subject=True),
    "board contact": Field("Where to write to the board", "training@board.example"),
}  # fmt: skip

ALWAYS = ("board name", "board contact")
DATE = ("course", "date", "when and where", "what to bring", "course link", "discreet note")
BOOKING = ("name", *DATE, "reference", "booking link")
PLACE = (*BOOKING, "charge terms")
APPROVAL = (
    "approver name", "who asks", "what to approve", "course", "date", "when and where", "delegates", "deadline",
    "how to answer", "approval link", "discreet note",
)  # fmt: skip
INVITED = ("trainer name", "who invited", "course", "date", "where to train", "discreet note")
MANAGER = ("manager name", "name", "course", "date", "when", "reference", "discreet note")

EVALUATION = ("course", "date", "evaluation link", "answer by", "reminder note", "discreet note")

EXPIRY = ("name", "accreditation", "code", "expires on", "how to renew")
DELEGATE, BY_MANAGER, BY_LEAD = "The delegate", "The manager", "The agency’s leads"
PAYERS = "The delegate, and the agency’s leads or the manager"

PART = ("part", "day of the part", "times of the part", "why the part is off")
CHARGE = (
    "reader", "agency", "amount", "why it is charged", "rule", "name", "course", "date", "reference", "discreet note",
)  # fmt: skip

BOOKING_IT, CHANGES, BEFORE, AFTER = "Booking", "Changes", "Before the day", "After the day"
WAITING = "Approval and waiting"
NEEDS, BRIEFINGS = "Needs", "Briefings"
MOMENTS = (BOOKING_IT, WAITING, BEFORE, CHANGES, AFTER, NEEDS, BRIEFINGS)
"""The journey in its order, what the board asks of agencies, and what its staff ask of each other."""


def _kind(
    template: str, name: str, moment: str, to: str, fields: tuple[str, ...], must_say: tuple[str, ...] = ()
) -> Kind:
    return Kind(
        template,
        name,
        moment,
        to,
        {one: FIELDS[one] for one in dict.fromkeys((*fields, *ALWAYS))},
        frozenset(must_say),
        _with_whom_and_what,
    )


def _with_whom_and_what(context: Mapping[str, object]) -> dict[str, object]:
    """Beside the booking, or the bookings of one session, that a letter is written about: the delegate and the session."""
    booking = context.get("booking") or next(iter(context.get("bookings") or ()), None)  # type: ignore[call-overload]
    if not isinstance(booking, Booking):
        return dict(context)
    return {"person": booking.person, "training_session": booking.training_session, **context}


_KINDS = (
    _kind(
        "bookings/confirmed", "Place confirmed", BOOKING_IT, DELEGATE,
        PLACE, ("reference", "when and where"),
    ),
    _kind(
        "bookings/received", "Booking received, to be approved", BOOKING_IT,
        DELEGATE, (*PLACE, "who approves", "deadline"),
    ),
    _kind(
        "bookings/waitlisted", "On the waiting list", BOOKING_IT, DELEGATE,
        BOOKING, ("reference",),
    ),
    _kind(
        "bookings/team_booked", "Bookings of a team", BOOKING_IT, BY_LEAD,
        ("lead name", "agency", "people", "team link", *DATE), ("people",),
    ),
    _kind(
        "bookings/new_date", "A new date of a course", BOOKING_IT, "Whoever asked to hear of new dates",
        ("name", *DATE, "version asked for", "date link", "my bookings link"), ("date link", "my bookings link"),
    ),
    _kind(
        "bookings/approve", "Please approve", WAITING, "The manager or the agency’s leads",
        APPROVAL, ("delegates", "deadline", "approval link"),
    ),
    _kind(
        "bookings/approve_reminder", "Still to approve", WAITING, "The manager or the agency’s leads",
        APPROVAL, ("delegates", "deadline", "approval link"),
    ),
    _kind(
        "bookings/declined", "Not approved", WAITING, DELEGATE,
        (*BOOKING, "who declined", "decline reason", "courses link"), ("reference", "decline reason"),
    ),
    _kind(
        "bookings/approval_lapsed", "Not approved in time", WAITING, DELEGATE,
        (*BOOKING, "who approves"), ("reference",),
    ),
    _kind(
        "bookings/offered", "A place is offered", WAITING, DELEGATE,
        (*PLACE, "deadline", "without an account"), ("reference", "deadline", "booking link"),
    ),
    _kind(
        "bookings/first_to_accept", "A place is free, first to accept", WAITING, "Everybody who waits and could have it",
        (*PLACE, "without an account"), ("reference", "booking link"),
    ),
    _kind(
        "bookings/offer_lapsed", "Offer not answered in time", WAITING, DELEGATE,
        (*BOOKING, "deadline", "how to stay"), ("reference",),
    ),
    _kind(
        "bookings/joining", "Joining instructions", BEFORE, DELEGATE,
        (*PLACE, "how to join", "joining instructions"), ("reference", "how to join", "joining instructions"),
    ),
    _kind(
        "bookings/joining_manager", "Somebody has a place", BEFORE, BY_MANAGER,
        MANAGER, ("name", "when"),
    ),
    _kind(
        "bookings/cancelled", "Booking cancelled", CHANGES, DELEGATE,
        (*BOOKING, "what ended", "how it ended", "ended", "charge", "reason"),
        ("reference", "ended", "charge"),
    ),
    _kind(
        "bookings/session_cancelled", "Session cancelled", CHANGES, DELEGATE,
        (*BOOKING, "what ended", "why it is off"), ("reference", "date"),
    ),
    _kind(
        "bookings/session_cancelled_manager", "Session cancelled, to managers", CHANGES, BY_MANAGER,
        (*MANAGER, "why it is off"), ("name", "date"),
    ),
    _kind(
        "bookings/session_cancelled_trainer", "Session cancelled, to trainers", CHANGES,
        "The trainers", ("trainer name", "why it is off", *DATE),
    ),
    _kind(
        "bookings/changed", "Date changed", CHANGES, DELEGATE,
        (*BOOKING, "what you have", "what changed", "what to do now"),
        ("reference", "what you have", "what changed", "when and where", "booking link"),
    ),
    _kind(
        "bookings/changed_approver", "Date changed, still to approve", CHANGES, "The manager or the agency’s leads",
        (*APPROVAL, "what changed"), ("delegates", "deadline", "approval link", "what changed"),
    ),
    _kind(
        "bookings/changed_manager", "Date changed, to managers", CHANGES, BY_MANAGER,
        ("manager name", "course", "date", "when", "delegates", "what changed", "discreet note"),
        ("delegates", "what changed"),
    ),
    _kind(
        "bookings/changed_trainer", "Date changed, to trainers", CHANGES, "The trainers",
        ("trainer name", "what changed", "where to train", *DATE), ("what changed", "where to train"),
    ),
    _kind(
        "bookings/changed_trainer_on", "Put down as trainer of a date", CHANGES, "The trainer",
        ("trainer name", "where to train", *DATE), ("where to train",),
    ),
    _kind(
        "trainers/invited", "Invitation to train", BEFORE, "The trainer",
        (*INVITED, "invitation link"), ("where to train", "invitation link"),
    ),
    _kind(
        "trainers/invited_reminder", "Invitation to train, once more", BEFORE, "The trainer",
        (*INVITED, "invitation link"), ("where to train", "invitation link"),
    ),
    _kind(
        "trainers/withdrawn", "Invitation to train withdrawn", BEFORE, "The trainer",
        INVITED, ("date",),
    ),
    _kind(
        "trainers/answered", "Answer to an invitation to train", BEFORE, "Whoever invited",
        (*INVITED, "answer to invitation", "reason", "trainers link"), ("trainer name", "answer to invitation"),
    ),
    _kind(
        "bookings/changed_trainer_off", "Taken off a date as trainer", CHANGES, "The trainer",
        ("trainer name", *DATE), ("date",),
    ),
    _kind(
        "bookings/offered_instead", "A new date for a session that was cancelled", CHANGES, DELEGATE,
        (*PLACE, "old date", "deadline"), ("reference", "deadline", "when and where", "booking link"),
    ),
    _kind(
        "bookings/waiting_instead", "On the waiting list of a new date for a session that was cancelled", CHANGES,
        DELEGATE, (*BOOKING, "old date"), ("reference", "when and where", "booking link"),
    ),
    _kind(
        "bookings/part_offered", "A new date for one part", CHANGES, DELEGATE,
        (*BOOKING, "part", "day of the part", "why it is needed", "deadline", "without an account"),
        ("reference", "deadline", "when and where", "booking link"),
    ),
    _kind(
        "bookings/part_offer_lapsed", "New date for one part not answered in time", CHANGES, DELEGATE,
        (*BOOKING, "deadline"), ("reference",),
    ),
    _kind(
        "bookings/substitute", "Takes a colleague’s place", CHANGES, DELEGATE,
        (*PLACE, "colleague"), ("reference", "when and where", "booking link"),
    ),
    _kind(
        "bookings/left_behind", "Somebody leaves, and their booking is to be decided", CHANGES, BY_LEAD,
        ("lead name", "name", "agency", "last day", "reference", *DATE, "leavers link"), ("leavers link",),
    ),
    _kind(
        "bookings/carried_over", "Carried over to a new job", CHANGES, DELEGATE,
        (*PLACE, "job", "how it stands"), ("reference", "job", "how it stands"),
    ),
    _kind(
        "bookings/substituted", "A colleague takes the place", CHANGES, DELEGATE,
        (*BOOKING, "new delegate", "ended"), ("reference", "ended"),
    ),
    _kind(
        "bookings/moved", "Moved to another date", CHANGES, DELEGATE,
        (*PLACE, "old date"), ("reference", "when and where"),
    ),
    _kind(
        "bookings/moved_from", "Old date given up", CHANGES, DELEGATE,
        (*BOOKING, "ended", "new date", "new reference", "charge"), ("reference", "ended", "charge"),
    ),
    _kind(
        "bookings/substituted_manager", "A colleague takes the place, to managers", CHANGES, BY_MANAGER,
        (*MANAGER, "new delegate", "new reference"), ("name", "new delegate", "when"),
    ),
    _kind(
        "bookings/moved_manager", "Moved to another date, to managers", CHANGES, BY_MANAGER,
        (*MANAGER, "old date"), ("name", "when"),
    ),
    _kind(
        "bookings/part_cancelled", "Part cancelled", CHANGES, DELEGATE,
        (*BOOKING, *PART, "place or wait", "what stays"), ("reference", "part", "day of the part", "what stays"),
    ),
    _kind(
        "bookings/part_cancelled_manager", "Part cancelled, to managers", CHANGES, BY_MANAGER,
        (*MANAGER, *PART), ("name", "part", "day of the part"),
    ),
    _kind(
        "bookings/part_cancelled_trainer", "Part cancelled, to trainers", CHANGES, "The trainers",
        ("trainer name", *DATE, *PART), ("part", "day of the part"),
    ),
    _kind(
        "bookings/charge_raised", "A charge", AFTER, PAYERS, CHARGE,
        ("reference", "agency", "amount", "why it is charged", "board contact"),
    ),
    _kind("bookings/charge_ended", "No charge any more", AFTER, PAYERS, CHARGE, ("reference", "agency", "amount")),
    _kind(
        "bookings/did_not_attend", "Did not attend", AFTER, BY_MANAGER,
        MANAGER, ("name", "reference"),
    ),
    _kind(
        "bookings/part_missed", "A part not completed", AFTER, DELEGATE,
        (*BOOKING, "part", "day of the part", "board contact"), ("reference", "part", "day of the part", "booking link"),
    ),
    _kind(
        "bookings/part_missed_manager", "A part not completed, to managers", AFTER, BY_MANAGER,
        (*MANAGER, "part", "day of the part", "board contact"), ("name", "part", "day of the part"),
    ),
    _kind(
        "evaluations/before", "Evaluation before the course", BEFORE, DELEGATE,
        ("name", *EVALUATION), ("evaluation link", "answer by"),
    ),
    _kind(
        "evaluations/after", "Evaluation after the course", AFTER, DELEGATE,
        ("name", *EVALUATION, "certificate note"), ("evaluation link", "answer by"),
    ),
    _kind(
        "evaluations/follow_up", "Evaluation some weeks later", AFTER, DELEGATE,
        ("name", *EVALUATION), ("evaluation link", "answer by"),
    ),
    _kind(
        "evaluations/manager", "The manager’s view some weeks later", AFTER, BY_MANAGER,
        ("manager name", "name", "first name", *EVALUATION), ("name", "evaluation link", "answer by"),
    ),
    _kind(
        "quizzes/open", "The online assessment is open", AFTER, DELEGATE,
        ("name", "course", "date", "accreditation", "quiz link", "time note", "begin by note", "discreet note"),
        ("quiz link",),
    ),
    _kind(
        "first_use/holder", "Is the tool used?", AFTER, "The holder",
        ("name", "accreditation", "from", "evaluation link", "answer by", "reminder note"),
        ("evaluation link", "answer by"),
    ),
    _kind(
        "first_use/manager", "Is the tool used? To the manager", AFTER, BY_MANAGER,
        ("manager name", "name", "first name", "accreditation", "from", "evaluation link", "answer by", "reminder note"),
        ("name", "evaluation link", "answer by"),
    ),
    _kind(
        "certificates/yours", "Certificates of a session", AFTER, DELEGATE,
        ("name", "course", "date", "certificates", "record link", "discreet note"), ("certificates", "record link"),
    ),
    _kind(
        "certificates/reissued", "Certificates in a new name", AFTER, "The holder",
        ("name", "new name", "certificates", "record link"), ("certificates",),
    ),
    _kind(
        "certificates/not_reissued", "Certificates not issued again", AFTER, "The holder",
        ("name", "new name", "decline reason", "record link"), ("decline reason", "board contact"),
    ),
    _kind(
        "accreditation/awarded", "Accredited", AFTER, "The holder",
        ("name", "accreditation", "code", "from", "expiry", "record link"), ("accreditation", "from"),
    ),
    _kind(
        "confirmations/asked", "Is the delegate ready?", AFTER, BY_MANAGER,
        ("manager name", "name", "accreditation", "confirmation link", "reminder note"),
        ("name", "accreditation", "confirmation link"),
    ),
    _kind(
        "accreditation/withdrawn", "Accreditation recorded in error", AFTER, "The holder",
        ("name", "accreditation", "code", "from"), ("accreditation", "from"),
    ),
    _kind(
        "external/accepted", "Accreditation from another area accepted", AFTER, "The holder",
        ("name", "accreditation", "area", "from", "expiry"), ("accreditation", "from"),
    ),
    _kind(
        "external/declined", "Accreditation from another area declined", AFTER, "The person",
        ("name", "accreditation", "area", "from", "decline reason"), ("accreditation", "decline reason"),
    ),
    _kind(
        "accreditation/expiring", "Accreditation runs out", AFTER, "The holder",
        EXPIRY, ("accreditation", "expires on", "how to renew"),
    ),
    _kind(
        "accreditation/expiring_manager", "Accreditation runs out, to managers", AFTER, BY_MANAGER,
        ("manager name", *EXPIRY), ("name", "accreditation", "expires on"),
    ),
    _kind(
        "accreditation/expired", "Accreditation has run out", AFTER, "The holder",
        EXPIRY, ("accreditation", "expires on", "how to renew"),
    ),
    _kind(
        "accreditation/expired_manager", "Accreditation has run out, to managers", AFTER, BY_MANAGER,
        ("manager name", *EXPIRY), ("name", "accreditation", "expires on"),
    ),
    _kind(
        "tools/asked_to_be_champion", "Will you be a champion?", AFTER, "Whom an agency names",
        ("name", "accreditation", "agency", "who names you", "champion link"), ("accreditation", "champion link"),
    ),
    _kind(
        "reports/made", "A scheduled report is ready", AFTER, "Whoever is to be told, and may see it",
        ("report", "report of", "report period", "report link"), ("report", "report link"),
    ),
    _kind(
        "reports/stopped", "A scheduled report has stopped", AFTER,
        "The owner of the schedule, or board staff where the owner may not see the report any more",
        ("report", "why it failed", "schedule link"), ("report", "schedule link"),
    ),
    _kind(
        "headcounts/asked", "How many staff are there?", NEEDS, BY_LEAD,
        ("lead name", "agency", "headcounts wanted", "headcounts due", "headcounts link", "replaced note", "reminder note"),
        ("headcounts wanted", "headcounts due", "headcounts link"),
    ),
    _kind(
        "case_audits/sent_back", "A briefing is sent back", BRIEFINGS, "Whoever submitted it",
        ("author", "briefing", "who sent it back", "why it came back", "briefing link"),
        ("why it came back", "briefing link"),
    ),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.template: kind for kind in _KINDS}

WHY_NOT: Mapping[str, WhyNot] = {
    **bookings.WHY_NOT,
    **charges.WHY_NOT,
    **evaluations.WHY_NOT,
    **invitations.WHY_NOT,
    **first_use.WHY_NOT,
    **reminders.WHY_NOT,
    **champions.WHY_NOT,
    **confirmations.WHY_NOT,
    **quizzes.WHY_NOT,
    **external.WHY_NOT,
    **headcounts.WHY_NOT,
    "case_audits/sent_back": briefings.why_not_sent_back,
    "external/declined": bookings.always,
    "accreditation/awarded": accreditation.why_no_award,
    "accreditation/withdrawn": bookings.always,
    "reports/made": frozen.why_not_told,
    "reports/stopped": schedules.why_not_stopped,
    "certificates/yours": session_certificates.why_no_certificates,
    "certificates/reissued": bookings.always,
    "certificates/not_reissued": bookings.always,
}
"""What each of these letters is asked just before it is sent."""

ATTACH: Mapping[str, Attach] = {
    "certificates/yours": paper.attached,
    "certificates/reissued": paper.attached,
}
"""What makes the files that go with a letter."""

FIXED: Mapping[str, str] = {
    "people/confirm_email": "Confirm your email address",
    "people/invitation": "Set up your account",
    "people/reset_password": "Choose a new password",
    "people/change_email": "Confirm your new email address",
    "people/already_has_account": "You have an account already",
    "people/address_has_account": "The address belongs to another account",
    "people/no_account": "There is no account with this address",
    "people/password_changed": "Your password was changed",
    "people/email_changed": "Your email address was changed",
    "people/account_suspended": "Your account is suspended",
    "people/role_given": "You have a new role",
}
"""Letters about accounts. They let people in or warn of a stranger, so nobody rewrites them."""
