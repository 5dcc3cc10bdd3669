"""The assessment of a scheme as an online quiz, beside the scores that trainers enter (docs/decisions/0030).

A *quiz* belongs to a version of a course and to a scheme; its *questions* are the bank. It *opens* to a delegate who
has attended, and each *attempt* draws some of the questions at its start and keeps them. What somebody chose is saved
with every page; once the answers are handed in, or the time is over, they are marked and the score is one more
assessment attempt of the scheme. Which answers are right leaves the server on pages of the board's staff alone.
"""
