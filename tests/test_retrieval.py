"""Rewrites are found however many copies of their original there are, and also when it is absent."""

import random

import numpy as np
import pytest

from dedup.corpus import Corpus, find_candidates
from dedup.documents import Document
from dedup.lsh import ReuseLimits
from dedup.settings import Settings

ORIGINAL = """The Marlow Street swimming baths will close for eleven months from September after engineers found that
salt air has eaten through the steel beams above the main pool, the borough council said on Thursday. Repairs are put
at 4.6 million crowns, of which the lottery fund has promised a third. "We could have propped the roof and hoped for
the best, but nobody here wants to gamble with swimmers' heads," said councillor Imelda Rask, who chairs the leisure
committee. The baths, built in 1911 by the architect Otto Lindqvist, are used by nine schools and by the Marlow
Otters, a club that has sent three swimmers to the national finals. Lessons move to the Hallam college pool, which is
half the length. A petition to keep the smaller learner pool open gathered 2,300 names in a week, but the council said
both pools share one boiler."""
REWRITE = """Nine schools must find somewhere else to swim this autumn. Corroded steel beams over the main pool mean
that Marlow's Edwardian baths, Otto Lindqvist's work of 1911, shut in September and stay shut for eleven months, the
borough has announced. The bill comes to 4.6 million crowns; lottery money covers about a third of it. Imelda Rask,
chair of the leisure committee, said she would not gamble with swimmers' heads. Hallam college, whose pool is only
half as long, takes the lessons and the Marlow Otters. Some 2,300 people had signed a petition for the learner pool,
in vain: it hangs on the same boiler as the big one."""
SUMMARY = """Marlow Street baths to close for eleven months: beams corroded, repairs 4.6 million crowns, lessons move
to Hallam college, says Imelda Rask. The Marlow Otters lose their pool; 2,300 signed a petition."""
FIRST_WITHOUT_ORIGINAL = """A beekeeper from Tarn Edge has won her case against the mobile operator Veltel. The
district court in Osby ruled that the company may not put up its mast within sixty metres of Gunhild Sorley's forty
hives, since the access road would cut through the heather that feeds them. Veltel, which must pay costs of 18,400
crowns, is going to appeal, its lawyer Piet Harrow said."""
SECOND_WITHOUT_ORIGINAL = """Veltel must look for another hilltop. Forty hives belonging to Gunhild Sorley stand too
near the spot at Tarn Edge where the operator wanted its mast, judges in Osby have found, and the road to it would
have crossed their heather. Sixty metres is the least distance allowed. Piet Harrow, for the company, announced an
appeal; costs of 18,400 crowns fall on Veltel for now."""


def haystack(count: int) -> list[Document]:
    """Articles of 120 words of natural frequency."""
    draw = random.Random(4)
    words = ["".join(draw.choices("aeioulnrstdm", k=draw.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    return [Document(f"hay/{i:05}", " ".join(draw.choices(words, weights, k=120))) for i in range(count)]


@pytest.fixture(scope="module")
def found() -> tuple[set[tuple[str, str]], int]:
    feet = [f"Outlet {i} brings you the news of ward {i * 7}. Call {i * 91 + 1000}." for i in range(60)]
    story = [Document(f"copy/{i:02}", f"{ORIGINAL}\n\n{foot}") for i, foot in enumerate(feet)]
    story += [Document("a-original", ORIGINAL), Document("rewrite", REWRITE), Document("summary", SUMMARY)]
    story += [Document("x/1", FIRST_WITHOUT_ORIGINAL), Document("x/2", SECOND_WITHOUT_ORIGINAL)]
    documents = sorted([*haystack(2_000), *story], key=lambda document: document.id)
    candidates = find_candidates(
        Corpus.from_documents(documents), settings=Settings(), limits=ReuseLimits(), jobs=2, count=lambda name, n: None
    ).pairs
    ids = np.array([document.id for document in documents])
    return set(zip(ids[candidates.left].tolist(), ids[candidates.right].tolist(), strict=True)), len(documents)


@pytest.mark.parametrize("derived", ["rewrite", "summary"])
def test_what_was_written_from_a_story_in_sixty_papers_is_found(found, derived: str):
    assert ("a-original", derived) in found[0]


def test_every_copy_is_tied_to_the_first(found):
    assert all(("a-original", f"copy/{i:02}") in found[0] for i in range(60))


def test_two_rewrites_are_found_without_their_original(found):
    assert ("x/1", "x/2") in found[0]


def test_candidates_stay_few(found):
    pairs, documents = found
    assert len(pairs) < documents


def test_a_passage_in_one_member_of_a_family_is_found_though_its_head_lacks_it():
    host = " ".join(f"host{i}" for i in range(400))
    texts = [host, f"{host} {FIRST_WITHOUT_ORIGINAL}", SECOND_WITHOUT_ORIGINAL, *(f"{host} end{i}" for i in range(20))]
    corpus = Corpus.from_documents([Document(f"{i:02}", text) for i, text in enumerate(texts)])
    candidates = find_candidates(corpus, settings=Settings(), limits=ReuseLimits(), jobs=1, count=lambda name, n: None)
    assert (1, 2) in set(zip(candidates.pairs.left.tolist(), candidates.pairs.right.tolist(), strict=True))
