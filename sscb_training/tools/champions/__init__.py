"""Champions: accredited people whom their agency names for colleagues to ask about the tool, once they have agreed.

Whoever may use the tool sees them, by agency, with what they agreed to show. A champion who is not accredited any more,
has left the job or cannot sign in is not shown from that moment, and the agency's leads and staff see why.
"""
