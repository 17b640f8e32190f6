"""Commands of the command line, one module a subject; each exports its typer ``app``."""
