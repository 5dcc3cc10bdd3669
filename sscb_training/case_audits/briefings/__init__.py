"""Learning briefings: what published audits found, put before everybody who works with children.

A briefing is *composed*: its *items* are findings, actions, questions for teams and news, each taken in or left out,
in an order, and put in other words for readers where that helps (the finding itself stays as it is). One of the
board's staff *submits* it, somebody else *approves* it and says why, and publishing keeps it as an *edition*, whole
and unchanged. A correction becomes the next edition with a note; the earlier one can still be read.
"""
