"""Make ``docs/cli.md`` from the commands themselves: what ``--help`` says, as one page.

Run with: ``python -m tools.make_cli_page``
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from dedup.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
_MADE = "<!-- Made by tools/make_cli_page.py: do not edit. -->"
_HEAD = f"""# The command line

{_MADE}

Results go to standard output, progress and messages to standard error. Settings come from the command line, then from
`dedup.toml` (or `[tool.dedup]` in `pyproject.toml`), then from the defaults. [The guide](guide.md) shows the commands
at work.
"""


def make_page() -> str:
    """The page as Markdown."""
    group = typer.main.get_command(app)
    parts = [_HEAD, _described(group), *_commands(group, _context(group, info_name="dedup"))]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _commands(group: Any, context: Any) -> Iterator[str]:
    """A section for each command, those of a group behind it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        own = _context(command, context, info_name=name)
        yield f"## {own.command_path}"
        yield _described(command)
        if hasattr(command, "list_commands"):
            yield from _commands(command, own)
        else:
            yield from _parameters(own)


def _context(command: Any, parent: Any = None, *, info_name: str) -> Any:
    return command.context_class(command, parent, info_name=info_name)


def _described(command: Any) -> str:
    """The help of a command; its examples as a block of shell."""
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    examples = [found[1] for part in paragraphs if (found := re.fullmatch(r"Example: `(.*)`", part))]
    texts = [part for part in paragraphs if not part.startswith("Example: ")]
    block = ["```sh\n" + "\n".join(examples) + "\n```"] if examples else []
    return "\n\n".join([texts[0], *block, *texts[1:]])


def _parameters(context: Any) -> list[str]:
    """The usage, then a list for each panel of options."""
    command = context.command
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f"```\n{context.command_path} {usage}\n```"]
    panels: dict[str, list[str]] = {}
    for parameter in command.get_params(context):
        panel = getattr(parameter, "rich_help_panel", None)
        name = panel or ("Arguments" if parameter.param_type_name == "argument" else "Others")
        panels.setdefault(name, []).append(_line(parameter, context))
    order = sorted(panels, key=lambda name: (name != "Arguments", name == "Others"))
    return [*parts, *(f"**{name}**\n\n" + "\n".join(panels[name]) for name in order)]


def _line(parameter: Any, context: Any) -> str:
    """What its help says; typer escapes brackets for a terminal."""
    name, said = parameter.get_help_record(context)
    return f"- `{name}`: {' '.join(html.unescape(said).split())}".replace("\\[", "[")


def main() -> None:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
