"""Modules import only from rooms above their own."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "dedup"

LAYERS = [
    "version", "errors", "extras", "fastjson", "kernels", "strings", "documents", "scratch", "parallel", "readers",
    "unicode_table", "tokens", "language", "segments", "stems", "sketch", "exchange", "statistics", "wording", "lsh",
    "exact", "reuse", "verify", "tfidf", "boilerplate", "alignment", "division", "matches", "facts", "evidence",
    "reasons", "limits", "model", "direction", "verdict", "lineages", "origins", "families", "settings",
    "explanation", "recall", "report", "comparison", "stopwatch", "spool", "survey", "corpus", "passes", "fit",
    "near", "judging", "engine", "explaining", "tuning", "store", "index", "labels", "training", "warming", "cli",
    "__main__",
]  # fmt: skip


def rooms(path: Path) -> str:
    """The room that a file is in: its folder in the package, or itself."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("dedup."):
            found.add(node.module.split(".")[1])
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[1] for name in node.names if name.name.startswith("dedup.")}
    return found


def sources() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def test_every_module_has_a_place_among_the_layers():
    assert {rooms(path) for path in sources()} <= set(LAYERS)


def test_modules_import_only_from_above():
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {other}"
        for path in sources()
        for other in imported_rooms(path)
        if other != rooms(path) and LAYERS.index(other) > LAYERS.index(rooms(path))
    ]
    assert wrong == []


def test_kernels_know_nothing_but_kernels():
    wrong = [
        f"{path.name} imports {imported_rooms(path)}"
        for path in sorted((PACKAGE / "kernels").glob("*.py"))
        if imported_rooms(path) - {"kernels"}
    ]
    assert wrong == []


def test_optional_dependencies_are_imported_in_one_place_each():
    places: dict[str, set[str]] = {"trafilatura": set(), "pyarrow": set(), "pandas": set(), "datasketch": set()}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in names:
                if name.split(".")[0] in places:
                    places[name.split(".")[0]].add(str(path.relative_to(PACKAGE)))
    assert all(len(found) <= 1 for found in places.values()), places
