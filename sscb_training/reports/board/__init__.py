"""The board's report of a period: one document, put together once, that the page, the PDF, the workbook and the frozen
copy each show. Of the whole county, of the county with published figures, or of one agency for whoever leads it.
"""
