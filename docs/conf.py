"""How Sphinx makes the pages: no network, no fonts from elsewhere, every dead link an error (``make docs``)."""

from dedup.version import __version__

project = "dedup"
version = release = __version__
copyright = "the authors of dedup"  # noqa: A001
extensions = ["myst_parser"]
myst_heading_anchors = 4
exclude_patterns = ["schema"]
root_doc = "start"
html_theme = "furo"
html_title = "dedup"
html_copy_source = False
html_show_sourcelink = False
suppress_warnings = ["misc.highlighting_failure"]
