"""The report as one page that opens anywhere: no request leaves it, and it is readable without JavaScript."""

from dedup.report.html.page import write_html

__all__ = ["write_html"]
