"""Who may book: what a course asks of whoever takes a place on it, and what is in their way.

A course names an *audience* (sectors and staff groups; none is everybody) and what is needed first (*courses* attended,
*schemes* in which an accreditation is in force on the day). Board staff may make an exception, with a reason.
"""
