"""Accreditation: the right to use a tool, under a scheme such as GCP2; earned, dated, and ended.

A *scheme* says which courses lead to it, the pass mark and how long an award counts: the board's settings,
none of them a rule of the tool's publisher. An *assessment attempt* is a score; every one is kept. An
*accreditation* is dated the later of the last part attended and the assessment passed; its expiry is stored
when it is awarded. It is *in force*, *expired* or *revoked* on a given day. *Withdrawn* means recorded in error
(a register was corrected): it never counted. It is not a certificate of attendance.
"""
