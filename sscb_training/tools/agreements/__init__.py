"""What agencies signed before their people use a tool: which hold, which lapse soon, and where one is missing."""
