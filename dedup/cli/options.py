"""The options of the commands: their types, names and help. Defaults stand in the commands' signatures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "Against",
    "AllPairs",
    "Anonymise",
    "Base",
    "Baseline",
    "CollectionPaths",
    "Config",
    "DateField",
    "Exclude",
    "Explain",
    "ExplainPair",
    "FailOn",
    "FamiliesFile",
    "Fast",
    "Format",
    "IdField",
    "Ids",
    "Include",
    "IndexPath",
    "Jobs",
    "LabelsPath",
    "LanguageField",
    "LeftPath",
    "MaxDocument",
    "MaxFrequency",
    "Memory",
    "MinRecall",
    "MinWeight",
    "ModelFile",
    "ModelOutput",
    "OutletField",
    "Output",
    "OutputFormat",
    "Paths",
    "Quiet",
    "Recall",
    "Relations",
    "RightPath",
    "Sample",
    "Since",
    "Stats",
    "StoreText",
    "Strict",
    "TextField",
    "Threshold",
    "Tier",
    "TierOption",
    "TitleField",
    "UpdateBaseline",
    "UrlField",
    "Verbose",
    "WithTexts",
]


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    HTML = "html"
    SARIF = "sarif"


class Tier(StrEnum):
    """What is looked for."""

    NEAR = "near"
    ALL = "all"


def _read(*names: str, **further: Any) -> Any:
    return typer.Option(*names, rich_help_panel="What is read", **further)


def _sought(*names: str, **further: Any) -> Any:
    return typer.Option(*names, rich_help_panel="What is looked for", **further)


def _written(*names: str, **further: Any) -> Any:
    return typer.Option(*names, rich_help_panel="What is written", **further)


def _run(*names: str, **further: Any) -> Any:
    return typer.Option(*names, rich_help_panel="How it runs", **further)


Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Folders, files, or - for standard input.")]
LabelsPath = Annotated[
    Path, typer.Argument(metavar="LABELS", help="A .jsonl, .csv or .tsv file with left, right, derived of each pair.")
]
CollectionPaths = Annotated[
    list[str], typer.Argument(metavar="PATH", help="Folders and files of the documents that the labels name.")
]
ModelOutput = Annotated[Path, _written("--output", "-o", metavar="FILE", help="Where the model is written, as JSON.")]
Recall = Annotated[
    float | None,
    _sought(
        "--recall",
        min=0.5,
        max=0.9999,
        help="Recall wanted at the threshold; that of --min-recall's default unless set.",
    ),
]
Sample = Annotated[int, _read("--sample", metavar="N", min=100, help="Different texts to measure, at most.")]
LeftPath = Annotated[str, typer.Argument(metavar="LEFT", help="A file with one document, or - for standard input.")]
RightPath = Annotated[str, typer.Argument(metavar="RIGHT", help="Another one.")]

Against = Annotated[
    str | None,
    _read(metavar="PATH", help="Compare with the documents here, or in this index, only, not with each other."),
]
Include = Annotated[
    list[str] | None, _read(metavar="GLOB", help="Of a folder, only files that match. May be repeated.")
]
Exclude = Annotated[
    list[str] | None, _read(metavar="GLOB", help="Of a folder, no file or folder that matches. May be repeated.")
]
IdField = Annotated[str, _read(metavar="NAME", help="Field of a record's id.")]
TextField = Annotated[str, _read(metavar="NAME", help="Field of its text.")]
TitleField = Annotated[str, _read(metavar="NAME", help="Field of its title.")]
DateField = Annotated[str, _read(metavar="NAME", help="Field of its date.")]
OutletField = Annotated[str, _read(metavar="NAME", help="Field of who published it.")]
UrlField = Annotated[str, _read(metavar="NAME", help="Field of its address.")]
LanguageField = Annotated[str, _read(metavar="NAME", help="Field of its language.")]
MaxDocument = Annotated[int, _read(metavar="BYTES", min=1, help="Skip documents that are larger.")]

Threshold = Annotated[
    float | None, _sought(help="Jaccard of 3-word shingles from which near-duplicates are found; 0.5 unless set.")
]
MinRecall = Annotated[
    float | None, _sought(help="Expected share of the pairs at the threshold that is found; 0.99 unless set.")
]
MinWeight = Annotated[
    float | None,
    _sought(help="Weight of the rare words and phrases that texts must share to be compared; 26 unless set."),
]
MaxFrequency = Annotated[
    int | None, _sought(help="A word or phrase in more near-duplicate families than this is not rare; 32 unless set.")
]
Relations = Annotated[
    list[str] | None,
    _sought(
        metavar="RELATION",
        help="What is reported: identical, near_duplicate, syndicated, rewritten, excerpted, same_story, unrelated; "
        "derived, the default, means the first five. May be repeated, or name several with commas between. "
        "same_story is complete only among the candidates that the search for derived texts brings together.",
    ),
]
AllPairs = Annotated[
    bool | None,
    _sought(
        "--all-pairs/--no-all-pairs",
        show_default=False,
        help="Report every pair of identical texts, not only each text's tie to one of them.",
    ),
]
TierOption = Annotated[
    Tier | None,
    _sought(
        "--tier",
        help="near: near-duplicates alone, by their shared phrases, fast and without passages; all, the default: "
        "rewrites and excerpts too.",
    ),
]
Base = Annotated[
    list[str] | None,
    _sought(
        "--base",
        metavar="PATH",
        help="Folder or file of known boilerplate, such as form letters: what stands in it is shown as boilerplate and "
        "counts neither for nor against a pair. May be repeated.",
    ),
]
ModelFile = Annotated[
    str | None, _sought("--model", metavar="FILE", help="Judge by a model that dedup train wrote, not the shipped one.")
]
Config = Annotated[
    Path | None,
    _sought(
        metavar="FILE",
        help="Settings file; else the nearest dedup.toml, or pyproject.toml with tool.dedup. Options outrank it.",
    ),
]

OutputFormat = Annotated[Format | None, _written("--format", "-f", help="Else by the name of --output, else table.")]
Output = Annotated[
    Path | None, _written("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
]
FamiliesFile = Annotated[
    Path | None,
    _written(
        "--families",
        metavar="FILE",
        help="Also write the families, a JSON line each: the documents, and the representative, to be kept of them.",
    ),
]
WithTexts = Annotated[bool, _written("--with-texts", help="With json: carry the texts that the passages point into.")]
Anonymise = Annotated[
    bool, _written("--anonymise", help="Number documents and outlets, leave out titles and addresses; texts stay.")
]
Explain = Annotated[bool, _written("--explain", help="Add all the evidence that the verdict weighed.")]

ExplainPair = Annotated[
    tuple[str, str] | None,
    _written(
        "--explain",
        metavar="ID ID",
        help="Instead of the matches: what each stage found of the pair with these two ids, where it was lost, and the "
        "setting that would have kept it. As a table or as JSON.",
    ),
]

Baseline = Annotated[
    Path | None,
    _run(metavar="FILE", help="Leave out the matches that this file accepts: only new ones are told, and fail."),
]
UpdateBaseline = Annotated[
    bool, _run("--update-baseline", help="Write all that is found to --baseline, as accepted, and exit with 0.")
]
FailOn = Annotated[
    list[str] | None, _run(metavar="RELATION", help="Exit with 1 when there is such a match. May be repeated.")
]
Strict = Annotated[bool, _run("--strict", help="Exit with 3 when any input was skipped.")]
Jobs = Annotated[int | None, _run(metavar="N", min=1, help="Threads; else one a processor.")]
Memory = Annotated[
    str | None,
    _run(
        metavar="SIZE",
        help="What texts, signatures and postings may take, such as 500M or 4GB, before they go to temporary "
        "files; 1 GiB unless set. What comes out is the same.",
    ),
]
Stats = Annotated[bool, _run("--stats", help="A table of what each stage went through and how long it took.")]
Quiet = Annotated[bool, _run("--quiet", "-q", help="Nothing but errors on standard error.")]
Verbose = Annotated[
    bool,
    _run(
        "--verbose",
        "-v",
        help="Counts of every stage; every row of the table; with html, more than the 2,000 likeliest matches.",
    ),
]

IndexPath = Annotated[Path, typer.Argument(metavar="INDEX", help="The folder of an index.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID", help="Ids of documents.")]
StoreText = Annotated[
    bool,
    _run(
        "--store-text/--no-store-text",
        help="Without texts an index names near-duplicates by their signatures only, and verifies nothing.",
    ),
]
Fast = Annotated[
    bool, _run("--fast", help="Do not wait for the disk: a power cut may cost the last commits, but not the index.")
]
Since = Annotated[
    int | None,
    _sought(metavar="MARK", help="Only what touches documents added after a mark, as dedup index info prints it."),
]
