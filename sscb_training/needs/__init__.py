"""Training needs: who must hold what, because of what was found; and how far the county has come.

A *need* comes from findings (many to many) and has an *audience*: staff groups, in some sectors and agencies or all,
without others. It is *met* by a scheme's accreditation in force, or by having attended a course version or a later
one; it *waits for the course* until the version is published that answers an action which is to change one. A finding
that training cannot mend is *not a training matter*, with the reason. *Coverage* is people of the audience who meet the
need ÷ the headcount that agencies declared; where there is no headcount there is a count and never a percentage.
"""
