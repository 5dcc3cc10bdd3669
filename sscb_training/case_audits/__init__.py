"""Case audits: what the board found when it looked at real cases, and what it decided to do.

A *case audit* has *findings*: areas for improvement and strengths. An *action* answers findings; it may have no
owner and no due date, and then that is shown. A *briefing* is the published learning document: it carries audits,
strengths across them, *discussion questions* for teams and *news items*. Never anything of a child's.
"""
