"""The commands of ``dedup index``: parse, call, print."""

from __future__ import annotations

import typer

from dedup.cli import messages
from dedup.cli import options as opt

__all__ = ["app"]

WRONG, FOUND, SKIPPED = 1, 1, 3

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")


@app.callback()
def _start() -> None:
    """Keep documents in a folder, and ask what a text is related to.

    Example: `dedup index add articles.dedup archive/ && dedup index refresh articles.dedup`

    Example: `dedup index query articles.dedup today.txt`
    """


@app.command()
def add(
    index: opt.IndexPath,
    paths: opt.Paths,
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
    base: opt.Base = None,
    config: opt.Config = None,
    store_text: opt.StoreText = True,
    fast: opt.Fast = False,
    strict: opt.Strict = False,
    quiet: opt.Quiet = False,
) -> None:
    """Add documents to an index, in place of those of the same id; make the index if there is none.

    Every 1,000 documents are one commit. --threshold, --min-recall, --base and --no-store-text are settled when the
    index is made.

    Example: `dedup index add articles.dedup new/`

    Exit codes: 0 done; 2 bad usage, nothing readable, or the index cannot be written; 3 --strict and something was
    skipped.
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding, inputs
        from dedup.readers import ReadOptions

        given = {"threshold": threshold, "min_recall": min_recall, "base": base}
        settings = inputs.effective_settings(config, given)
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
        chosen = any(value is not None for value in given.values())
        skipped = holding.add(
            index, paths, reading, settings, chosen=chosen, texts=store_text, durable=not fast, quiet=quiet
        )
        raise typer.Exit(SKIPPED if strict and skipped else 0)


@app.command()
def query(
    index: opt.IndexPath,
    paths: opt.Paths,
    id_field: opt.IdField = "id",
    text_field: opt.TextField = "text",
    date_field: opt.DateField = "date",
    outlet_field: opt.OutletField = "outlet",
    relation: opt.Relations = None,
    model: opt.ModelFile = None,
    config: opt.Config = None,
    output_format: opt.OutputFormat = None,
    output: opt.Output = None,
    with_texts: opt.WithTexts = False,
    anonymise: opt.Anonymise = False,
    fail_on: opt.FailOn = None,
    strict: opt.Strict = False,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
) -> None:
    """Say what each of some documents is related to, without storing it. A stored one of the same id is left out.

    Example: `dedup index query articles.dedup today.jsonl --format jsonl`

    Exit codes: 0 done; 1 --fail-on found some; 2 bad usage or nothing readable; 3 --strict and something was skipped.
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding, inputs, outputs
        from dedup.readers import ReadOptions

        result = outputs.choose(output_format, output, with_texts=with_texts, inputs=paths)
        settings = inputs.effective_settings(config, {"relation": relation, "model": model})
        failing = inputs.relations_to_fail_on(fail_on, settings.relation)
        reading = ReadOptions(
            id_field=id_field, text_field=text_field, date_field=date_field, outlet_field=outlet_field
        )
        comparison = holding.query(index, paths, reading, settings, quiet=quiet)
        messages.report_counts(comparison, quiet=quiet, verbose=verbose)
        outputs.write_comparison(comparison.anonymised() if anonymise else comparison, result, every=verbose)
        if any(match.relation in failing for match in comparison.matches):
            raise typer.Exit(FOUND)
        raise typer.Exit(SKIPPED if strict and comparison.skipped else 0)


@app.command()
def compare(
    index: opt.IndexPath,
    since: opt.Since = None,
    relation: opt.Relations = None,
    model: opt.ModelFile = None,
    config: opt.Config = None,
    output_format: opt.OutputFormat = None,
    output: opt.Output = None,
    families: opt.FamiliesFile = None,
    with_texts: opt.WithTexts = False,
    anonymise: opt.Anonymise = False,
    explain: opt.ExplainPair = None,
    jobs: opt.Jobs = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
) -> None:
    """Find every match among the documents of an index, as dedup compare finds it among the same documents.

    Example: `dedup index compare articles.dedup --output report.html`
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding, inputs, outputs
        from dedup.errors import DedupError

        result = outputs.choose(output_format, output, with_texts=with_texts, families=families)
        settings = inputs.effective_settings(config, {"relation": relation, "model": model})
        if explain:
            outputs.check_explanation(result, "--explain")
            if anonymise:
                raise DedupError("--explain of an index tells its ids; leave out --anonymise")
            outputs.write_explanation(holding.trace(index, settings, jobs=jobs, quiet=quiet), explain, None, result)
            raise typer.Exit
        comparison = holding.compare(index, settings, since=since, jobs=jobs, quiet=quiet)
        messages.report_counts(comparison, quiet=quiet, verbose=verbose)
        shown = comparison.anonymised() if anonymise else comparison
        outputs.write_comparison(shown, result, every=verbose)
        if families:
            outputs.write_families(shown, families)


@app.command()
def remove(index: opt.IndexPath, ids: opt.Ids, quiet: opt.Quiet = False) -> None:
    """Remove documents by their ids. What is left of them in the files goes with dedup index compact.

    Example: `dedup index remove articles.dedup 2031/03/12/fog.txt`
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding

        holding.remove(index, ids, quiet=quiet)


@app.command()
def refresh(index: opt.IndexPath, jobs: opt.Jobs = None, quiet: opt.Quiet = False) -> None:
    """Count words, lines and phrases of all documents anew, and judge by these counts from then on.

    Example: `dedup index refresh articles.dedup`
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding

        holding.refresh(index, jobs=jobs, quiet=quiet)


@app.command()
def info(index: opt.IndexPath, quiet: opt.Quiet = False) -> None:
    """Print counts, sizes, settings and versions as JSON.

    Example: `dedup index info articles.dedup`
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding

        typer.echo(holding.describe(index))


@app.command()
def verify(index: opt.IndexPath, quiet: opt.Quiet = False) -> None:
    """Check every byte, and write anew what can be derived; name the documents that are damaged.

    Example: `dedup index verify articles.dedup`

    Exit codes: 0 all is well; 1 something was wrong; 2 bad usage, or the index cannot be opened.
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding

        raise typer.Exit(WRONG if holding.verify(index, quiet=quiet) else 0)


@app.command()
def compact(index: opt.IndexPath, quiet: opt.Quiet = False) -> None:
    """Erase what was removed from all files, and give its room back.

    Example: `dedup index compact articles.dedup`
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding

        holding.compact(index, quiet=quiet)


@app.command()
def rebuild(index: opt.IndexPath, quiet: opt.Quiet = False) -> None:
    """Derive everything anew from the stored texts; so an index of an older dedup is taken over.

    Example: `dedup index rebuild articles.dedup`
    """
    with messages.shown(quiet=quiet):
        from dedup.cli import holding

        holding.rebuild(index, quiet=quiet)
