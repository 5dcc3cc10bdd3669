"""One page for a board meeting’s screen: at most six questions that board members ask, each with its picture."""
