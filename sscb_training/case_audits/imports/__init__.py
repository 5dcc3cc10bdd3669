"""Audits from a spreadsheet: read, checked row by row before anything is kept, and imported whole as a draft."""
