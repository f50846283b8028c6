"""The commands: parse, call, print. What costs time to import is imported inside them."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli import indexing, messages
from dedup.cli import options as opt
from dedup.version import __version__

__all__ = ["app", "main"]

FOUND, SKIPPED = 1, 3

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(indexing.app, name="index")


def main() -> None:
    """Run the command line."""
    app(prog_name="dedup")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dedup {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find copies, syndicated versions and rewrites of articles, and say who wrote from whom.

    Example: `dedup compare articles/`
    """


@app.command()
def compare(
    paths: opt.Paths,
    against: opt.Against = None,
    include: opt.Include = None,
    exclude: opt.Exclude = None,
    id_field: opt.IdField = "id",
    text_field: opt.TextField = "text",
    title_field: opt.TitleField = "title",
    date_field: opt.DateField = "date",
    outlet_field: opt.OutletField = "outlet",
    url_field: opt.UrlField = "url",
    language_field: opt.LanguageField = "language",
    max_document: opt.MaxDocument = 64_000_000,
    threshold: opt.Threshold = None,
    min_recall: opt.MinRecall = None,
    min_weight: opt.MinWeight = None,
    max_frequency: opt.MaxFrequency = None,
    relation: opt.Relations = None,
    all_pairs: opt.AllPairs = None,
    tier: opt.TierOption = None,
    base: opt.Base = None,
    model: opt.ModelFile = None,
    config: opt.Config = None,
    output_format: opt.OutputFormat = None,
    output: opt.Output = None,
    families: opt.FamiliesFile = None,
    with_texts: opt.WithTexts = False,
    anonymise: opt.Anonymise = False,
    explain: opt.ExplainPair = None,
    baseline: opt.Baseline = None,
    update_baseline: opt.UpdateBaseline = False,
    fail_on: opt.FailOn = None,
    strict: opt.Strict = False,
    jobs: opt.Jobs = None,
    memory: opt.Memory = None,
    stats: opt.Stats = False,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
) -> None:
    """Find every match in folders, files, records (jsonl, csv, parquet) or standard input.

    Example: `dedup compare articles/ --format json --output matches.json`

    Example: `dedup compare articles/ --output report.html`

    Example: `dedup compare today/ --against archive.jsonl.gz --fail-on rewritten`

    Example: `dedup compare articles/ --explain wire.txt morning/paper.txt`

    --against may name an index; each document is then asked for as dedup index query does.

    Exit codes: 0 done, even if inputs were skipped; 1 --fail-on found some; 2 bad usage or nothing readable; 3 --strict
    and something was skipped.
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import inputs, outputs, runs
        from dedup.readers import ReadOptions

        inputs_named = [*paths, *filter(None, [against])]
        result = outputs.choose(output_format, output, with_texts=with_texts, families=families, inputs=inputs_named)
        accepted = runs.read_accepted(baseline, update=update_baseline)
        given = {
            "threshold": threshold,
            "min_recall": min_recall,
            "min_weight": min_weight,
            "max_frequency": max_frequency,
            "relation": relation,
            "all_pairs": all_pairs,
            "tier": tier,
            "base": base,
            "model": model,
        }
        settings = inputs.effective_settings(config, given)
        failing = inputs.relations_to_fail_on(fail_on, settings.relation)
        held = inputs.bytes_of(memory)
        reading = ReadOptions(
            include=tuple(include or ()),
            exclude=tuple(exclude or ()),
            id_field=id_field,
            text_field=text_field,
            title_field=title_field,
            date_field=date_field,
            outlet_field=outlet_field,
            url_field=url_field,
            language_field=language_field,
            max_document=max_document,
        )
        if explain:
            outputs.check_explanation(result, "--explain")
            run, called = runs.run_with_stages(
                paths, against, reading, settings, jobs=jobs, quiet=quiet, anonymise=anonymise
            )
            outputs.write_explanation(run, (called(explain[0]), called(explain[1])), accepted, result)
            raise typer.Exit
        comparison = runs.run_comparison(paths, against, reading, settings, jobs=jobs, memory=held, quiet=quiet)
        comparison = runs.without_accepted(comparison, accepted)
        messages.report_counts(comparison, quiet=quiet, verbose=verbose)
        if stats:
            messages.report_efforts(comparison)
        shown = comparison.anonymised() if anonymise else comparison
        outputs.write_comparison(shown, result, every=verbose)
        if families:
            outputs.write_families(shown, families)
        if baseline and update_baseline:
            runs.update_baseline(baseline, comparison, quiet=quiet)
            raise typer.Exit(SKIPPED if strict and comparison.skipped else 0)
        if any(match.relation in failing for match in comparison.matches):
            raise typer.Exit(FOUND)
        raise typer.Exit(SKIPPED if strict and comparison.skipped else 0)


@app.command()
def pair(
    left: opt.LeftPath,
    right: opt.RightPath,
    base: opt.Base = None,
    model: opt.ModelFile = None,
    config: opt.Config = None,
    output_format: opt.OutputFormat = None,
    output: opt.Output = None,
    with_texts: opt.WithTexts = False,
    anonymise: opt.Anonymise = False,
    explain: opt.Explain = False,
    fail_on: opt.FailOn = None,
    quiet: opt.Quiet = False,
) -> None:
    """Judge one pair, whatever its relation, and show the passages that the two texts share.

    Example: `dedup pair wire.txt morning-paper.html --explain`

    Exit codes: 0 done; 1 the relation is one of --fail-on; 2 bad usage, or a file cannot be read.
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import inputs, outputs, runs

        result = outputs.choose(output_format, output, with_texts=with_texts, inputs=[left, right])
        failing = inputs.relations_to_fail_on(fail_on, None)
        settings = inputs.effective_settings(config, {"base": base, "model": model})
        judged = runs.judge_pair(left, right, settings, quiet=quiet)
        outputs.write_pair(judged.anonymised() if anonymise else judged, result, explain=explain)
        raise typer.Exit(FOUND if judged.match.relation in failing else 0)


@app.command()
def tune(
    paths: opt.Paths,
    include: opt.Include = None,
    exclude: opt.Exclude = None,
    id_field: opt.IdField = "id",
    text_field: opt.TextField = "text",
    sample: opt.Sample = 5_000,
    threshold: opt.Threshold = None,
    recall: opt.Recall = None,
    base: opt.Base = None,
    config: opt.Config = None,
    output_format: opt.OutputFormat = None,
    output: opt.Output = None,
    jobs: opt.Jobs = None,
    quiet: opt.Quiet = False,
) -> None:
    """Measure how many near-duplicates are found among documents of your own, and propose a threshold and bands.

    A sample of the different texts is compared exactly, pair by pair; what the bands find is measured against that, by
    similarity and by length of text. Where the sample has too few similar pairs to judge by, it says so and proposes
    nothing. It is about near-duplicates only: rewrites are found by other means.

    Example: `dedup tune articles/`

    Example: `dedup tune articles.jsonl --threshold 0.7 --recall 0.95 --format json`

    Exit codes: 0 done; 2 bad usage or nothing readable.
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import fitting, inputs, outputs
        from dedup.readers import ReadOptions

        result = outputs.choose(output_format, output, with_texts=False)
        outputs.check_explanation(result, "tune")
        settings = inputs.effective_settings(config, {"threshold": threshold, "base": base})
        reading = ReadOptions(
            include=tuple(include or ()), exclude=tuple(exclude or ()), id_field=id_field, text_field=text_field
        )
        tuning = fitting.measure_recall(paths, reading, settings, recall, sample, jobs=jobs, quiet=quiet)
        outputs.write_tuning(tuning, settings, result)


@app.command()
def train(
    labels: opt.LabelsPath,
    paths: opt.CollectionPaths,
    output: opt.ModelOutput,
    include: opt.Include = None,
    exclude: opt.Exclude = None,
    id_field: opt.IdField = "id",
    text_field: opt.TextField = "text",
    date_field: opt.DateField = "date",
    outlet_field: opt.OutletField = "outlet",
    base: opt.Base = None,
    model: opt.ModelFile = None,
    config: opt.Config = None,
    jobs: opt.Jobs = None,
    quiet: opt.Quiet = False,
) -> None:
    """Fit the verdict to labelled pairs of your own, and say how well it does on pairs that it has not seen.

    A label has the ids of two documents, left and right, and derived: true or false. It may have a relation, and a
    group, such as its story: pairs of one group are never both learnt from and tested on. Without groups, those of
    derived texts are kept together. It takes at least 20 derived pairs and 20 others, of five stories.

    Example: `dedup train labels.csv articles/ --output model.json`

    Example: `dedup compare articles/ --model model.json`

    Exit codes: 0 done; 2 bad usage, something cannot be read, or the labels do not suffice.
    """
    with messages.shown(quiet=quiet):
        import sys

        from dedup.cli import fitting, inputs
        from dedup.readers import ReadOptions
        from dedup.report.table import make_console

        settings = inputs.effective_settings(config, {"base": base, "model": model})
        reading = ReadOptions(
            include=tuple(include or ()),
            exclude=tuple(exclude or ()),
            id_field=id_field,
            text_field=text_field,
            date_field=date_field,
            outlet_field=outlet_field,
        )
        training = fitting.fit_model(labels, paths, reading, settings, output, jobs=jobs, quiet=quiet)
        if not quiet:
            fitting.print_training(make_console(sys.stdout), training, output)
