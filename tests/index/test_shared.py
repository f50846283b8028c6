"""The shared near tier, on a Redis server of the test's own."""

import shutil
import socket
import subprocess
import time
from contextlib import ExitStack

import numpy as np
import pytest

from dedup import Settings
from dedup.documents import TextBatch
from dedup.index import SharedNear
from dedup.lsh import near_pairs
from dedup.sketch import MinHasher
from dedup.tokens import tokenize
from tests.index.texts import TEXTS, WIRE


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (Debian: redis-server)")
    pytest.importorskip("redis")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = tmp_path_factory.mktemp("redis")
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(place)]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        if not answers(port, seconds=10.0):
            pytest.skip("redis-server does not answer: perhaps this machine has no loopback")
        yield {"host": "127.0.0.1", "port": port}
    finally:
        process.terminate()
        process.wait()


def answers(port, seconds):
    """Whether somebody listens there before long; asked without Redis' client, which tries on and on."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


@pytest.fixture
def share(server):
    """Makes shared near tiers that are closed at the end."""
    with ExitStack() as stack:
        yield lambda name, **given: stack.enter_context(SharedNear(name, server=server, **given))


def test_it_finds_the_candidates_of_the_embedded_near_tier(share):
    shared = share("same")
    texts = [*TEXTS, *(f"{WIRE} And {number} more." for number in range(9))]
    names = [f"n{number:02}" for number in range(len(texts))]
    shared.add(zip(names, texts, strict=True))
    tokens = tokenize(TextBatch.from_texts(texts))
    signatures = MinHasher(scheme="affine-permutations").signatures(tokens)
    wordy = np.flatnonzero(np.diff(tokens.offsets)).astype(np.int32)
    pairs = near_pairs(signatures, wordy)
    embedded = set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    least = int(0.3 * signatures.num_perm)
    found = set()
    for number in range(len(texts)):
        for other in map(names.index, shared.near((names[number], texts[number]))):
            if (signatures.values[number] == signatures.values[other]).sum() >= least:
                found.add((min(number, other), max(number, other)))
    assert found == embedded and len(embedded) > 36


def test_writers_share_it_and_known_ids_are_replaced(share):
    one, other = share("two"), share("two")
    one.add([("a", WIRE), ("empty", "")])
    other.add(("sch\udcf6n", WIRE + " Late extra sentence."))
    assert one.near(WIRE) == other.near(WIRE) == ["a", "sch\udcf6n"]
    assert one.near(("a", WIRE)) == ["sch\udcf6n"] and one.near("") == []
    other.add(("a", "Orchestras tune to the oboe, for it holds its note."))
    assert one.near(WIRE) == ["sch\udcf6n"]
    assert one.remove(["sch\udcf6n", "nobody"]) == 1 and other.near(WIRE) == []


def test_collections_and_settings_do_not_meet(share):
    share("three").add(("a", WIRE))
    assert share("three").near(WIRE) == ["a"]
    assert share("four").near(WIRE) == []
    assert share("three", settings=Settings(seed=2)).near(WIRE) == []
    assert share("three", settings=Settings(threshold=0.8)).near(WIRE) == []


def test_nothing_on_the_server_is_pickled(share, server):
    import redis

    share("five").add(("the-id", WIRE))
    with redis.Redis(**server) as client:
        names = [name for name in client.scan_iter() if name.startswith(b"five")]
        kinds = {client.type(name) for name in names}
        members = [member for name in names if client.type(name) == b"set" for member in client.smembers(name)]
    assert kinds <= {b"set", b"list", b"hash"} and b"the-id" in members
    assert not any(member.startswith(b"\x80") for member in members if b"the-id" in member)
