"""Make ``docs/api.md`` from the docstrings of the public names.

Run with: ``python -m tools.make_api_page``
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dedup
from dedup import exchange

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
_HEAD = """# The library

<!-- Made by tools/make_api_page.py: do not edit. -->

All names of `dedup`, then those of `dedup.exchange`. The examples run as tests. [The guide](guide.md) shows them at
work.
"""
_LONGEST_DEFAULT = 24
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)


def make_page() -> str:
    """The page as Markdown."""
    parts = [_HEAD]
    for module, names in ((dedup, dedup.__all__), (exchange, exchange.__all__)):
        prefix = module.__name__
        for name in sorted((name for name in names if not name.startswith("_")), key=str.lower):
            parts += _described(f"{prefix}.{name}", getattr(module, name))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _described(name: str, value: Any) -> Iterator[str]:
    """A public name: its signature, its docstring, and of a class its methods."""
    yield f"## {name}"
    is_enum = inspect.isclass(value) and hasattr(value, "__members__")
    if not is_enum:
        yield f"```python\n{name}{_signature(value)}\n```"
    yield _docstring(value)
    if is_enum:
        yield "\n".join(f"- `{member.name}` = `{member.value!r}`" for member in value)
    elif inspect.isclass(value):
        yield from _members(name, value)


def _members(name: str, value: type) -> Iterator[str]:
    for label, member in sorted(vars(value).items()):
        if label.startswith("_"):
            continue
        plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if isinstance(member, property):
            yield f"### {name}.{label}\n\n{_docstring(member.fget)}"
        elif inspect.isfunction(plain):
            yield f"### {name}.{label}\n\n```python\n{label}{_signature(plain)}\n```\n\n{_docstring(plain)}"


def _signature(value: Any) -> str:
    """Parameters with their types; long defaults, which are what the class gives by itself, by that class."""
    try:
        signature = inspect.signature(value)
    except ValueError:
        return "(…)"
    parameters = []
    for parameter in signature.parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        default = parameter.default
        if default is not parameter.empty and len(repr(default)) > _LONGEST_DEFAULT:
            parameter = parameter.replace(default=_Named(type(default).__name__))
        if isinstance(parameter.annotation, str):
            parameter = parameter.replace(annotation=_Named(parameter.annotation, call=False))
        parameters.append(parameter)
    returns = signature.return_annotation
    if isinstance(returns, str):
        returns = _Named(returns, call=False)
    if inspect.isclass(value):
        returns = signature.empty
    text = str(signature.replace(parameters=parameters, return_annotation=returns))
    return text if len(text) < 90 else _folded(parameters, text)


def _folded(parameters: list[inspect.Parameter], text: str) -> str:
    """One parameter a line."""
    lines, starred = [], False
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            lines.append("    *,")
            starred = True
        lines.append(f"    {parameter},")
    end = text[text.rindex(")") :] if ") -> " not in text else text[text.rindex(") -> ") :]
    return "(\n" + "\n".join(lines) + f"\n{end}"


class _Named:
    """What stands in a signature as it is."""

    def __init__(self, name: str, *, call: bool = True) -> None:
        self._text = f"{name}()" if call else name

    def __repr__(self) -> str:
        return self._text


def _docstring(value: Any) -> str:
    """A numpy docstring as Markdown."""
    text = inspect.cleandoc(value.__doc__ or "")
    pieces = _SECTION.split(text)
    parts = [_prose(pieces[0])]
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if title in ("Parameters", "Attributes", "Returns", "Raises", "Yields"):
            parts.append(f"**{title}**\n\n{_definitions(body)}")
        elif title == "Examples":
            parts.append("\n\n".join(_examples(body)))
        else:
            parts.append(f"**{title}**\n\n{_prose(body)}")
    return "\n\n".join(part for part in parts if part.strip())


def _definitions(body: str) -> str:
    """Entries ``name : type`` with what is indented below each."""
    entries: list[str] = []
    for block in re.split(r"\n(?=\S)", body.strip()):
        head, _, below = block.partition("\n")
        name, _, kind = head.partition(" : ")
        told = " ".join(line.strip() for line in below.splitlines())
        label = f"`{name}`" + (f" ({_prose(kind)})" if kind else "")
        entries.append(f"- {label}: {_prose(told)}" if told else f"- {label}")
    return "\n".join(entries)


def _examples(body: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", body.strip()):
        yield f"```pycon\n{block}\n```" if block.startswith(">>>") else _prose(block)


def _prose(text: str) -> str:
    """Markdown of a docstring's prose: one backtick for two, and no tag of HTML."""
    return re.sub(r"``([^`]+)``", r"`\1`", text.strip()).replace("<", "&lt;")


def main() -> None:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
