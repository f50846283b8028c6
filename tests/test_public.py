"""What the package promises to those who import it."""

import subprocess
import sys

import dedup


def test_the_public_names_are_pinned():
    assert sorted(dedup.__all__) == [
        "Alignment", "Comparison", "DedupError", "Document", "Evidence", "Family", "Index", "Match", "MinHasher",
        "Near", "Origin", "PairStory", "Passage", "PassageKind", "Relation", "Settings", "ShingleSamples", "Skipped",
        "Statistics", "TextBatch", "Tuning", "__version__", "align", "compare", "compare_pair", "explain",
        "explain_pair", "read_documents", "tune",
    ]  # fmt: skip


def test_every_public_name_can_be_had():
    for name in dedup.__all__:
        assert getattr(dedup, name) is not None
    assert callable(dedup.align)


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(dedup, "no_such_name")


def test_import_of_the_package_is_light():
    code = (
        "import sys, dedup; print([m for m in ('numpy', 'numba', 'sklearn', 'datasketch', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_comparing_needs_neither_scikit_learn_nor_datasketch():
    code = (
        "import sys, dedup; dedup.compare(['a b c', 'd e f']); "
        "print('sklearn' in sys.modules, 'datasketch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"


def test_signatures_need_no_scikit_learn_until_it_asks_for_their_tags():
    code = (
        "import sys, dedup; hasher = dedup.MinHasher(); hasher.fit_transform(['a b c']); "
        "before = 'sklearn' in sys.modules; hasher.__sklearn_tags__(); print(before, 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False True"
