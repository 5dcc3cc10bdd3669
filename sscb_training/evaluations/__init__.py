"""What delegates say of a course and of themselves: before it, straight after, and once they had time to use it.

Each *stage* is asked for by a letter whose link needs no account, and sent in once. A *rating* is how confident somebody
feels of one outcome, in the words of the course's version. Two stages of one delegate make a *pair*, and only pairs show a
change. Staff and trainers read figures of five people or more and nothing of anybody (docs/decisions/0025).
"""
