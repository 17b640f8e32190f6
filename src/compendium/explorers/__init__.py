"""Widgets for a researcher in JupyterLab: the last cell of a notebook, which the export leaves out."""
