"""Where everything stands in a registry: path to meaning and back.

The rule it keeps: this is the only module that knows the names of files and folders. Paths are relative to the
registry's root and joined by `/`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

REGISTRY_FILE = "registry.yaml"
MODELS = "models"
PRIVATE = ".signoff"
TRUST_CHAIN = "trust"
CHECKPOINT_CHAIN = "checkpoints"
TEMPORARY = ".signoff/tmp"
PROPOSALS = ".signoff/proposals"
QUARANTINE = ".signoff/quarantine"
JOURNAL = ".signoff/journal"
INDEX = ".signoff/index"
ALLOWED_SIGNERS = ".signoff/allowed_signers"

MODEL_FILE = "model.yaml"
VERSION_FILE = "version.yaml"
CARD_FILE = "README.md"
MANIFEST_FILE = "SHA256SUMS"
EVALUATIONS = "evaluations"
CURVES_FILE = "metrics.jsonl"
DEEPEST_MODEL = 4
LOG, VERSIONS, CARDS, PACKS = "log", "versions", "cards", "packs"
MODEL_MARKS = frozenset({LOG, VERSIONS, MODEL_FILE})
MODEL_FOLDERS = frozenset({LOG, VERSIONS, CARDS, PACKS})

PACK_SIZES = (4096, 1024, 256)
"""How many records a pack holds; it begins behind a multiple of its size, so that its name says all about it."""
PACK_STEP = 16
"""Where each file is a request, a pack of a multiple of so many holds the records behind the last of `PACK_SIZES`."""
PACK = re.compile(r"([0-9]{8})-([0-9]{8})\.pack")
NUMBERED = re.compile(r"([0-9]{16})\.json(\.gz)?")
SLOT = re.compile(r"([0-9]{8})\.rec")
SLOTS = re.compile(r"[0-9]{8}\.rec(?:\n[0-9]{8}\.rec)*")
SLOT_LENGTH = len("00000001.rec\n")
EVALUATION = re.compile(r"evaluations/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.yaml")
LARGEST_RECORD = 64 * 1024
LARGEST_JOURNAL_ENTRY = 64 * 1024
LARGEST_INDEX = 64 * 1024 * 1024
LARGEST_UNPACKED_INDEX = 256 * 1024 * 1024
LARGEST_PACK = PACK_SIZES[-1] * LARGEST_RECORD
MOST_SLOTS = 10**8
LARGEST_TRUST_RECORD = 16 * 1024 * 1024
LARGEST_METADATA = 1024 * 1024
LARGEST_CARD = 8 * 1024 * 1024
LARGEST_MANIFEST = 256 * 1024 * 1024


def model_folder(model: str) -> str:
    """Return the folder of a model."""
    return f"{MODELS}/{model}"


def model_chain(model: str) -> str:
    """Return the name of a model's chain, as records and cuts say it."""
    return f"{MODELS}/{model}"


def model_of_chain(chain: str) -> str:
    """Return the model whose chain this is; "" where it is no model's chain."""
    return chain.removeprefix(f"{MODELS}/") if chain.startswith(f"{MODELS}/") else ""


def chain_folder(chain: str) -> str:
    """Return the folder that holds the records of a chain."""
    return f"{chain}/{LOG}" if chain.startswith(f"{MODELS}/") else f"{PRIVATE}/{chain}"


@lru_cache(maxsize=4096)
def slot_name(seq: int) -> str:
    """Return the file name of the slot `seq`, from 1."""
    return f"{seq:08d}.rec"


def record_path(chain: str, seq: int) -> str:
    """Return the slot of a chain's record `seq`, from 1."""
    return f"{chain_folder(chain)}/{slot_name(seq)}"


def slot_of(name: str) -> int:
    """Return the number of the slot that a file name in a chain's folder is; 0 where it is none."""
    found = SLOT.fullmatch(name)
    return int(found[1]) if found else 0


def are_slots(names: Sequence[str]) -> bool:
    """Tell whether all of these sorted names are slots: one look at thousands of them."""
    text = "\n".join(names)
    return bool(SLOTS.fullmatch(text)) and len(text) == len(names) * SLOT_LENGTH - 1 and names[0] != slot_name(0)


def packs_folder(chain: str) -> str:
    """Return the folder that holds the packs of a model's chain."""
    return f"{chain}/{PACKS}"


def pack_path(chain: str, first: int, last: int) -> str:
    """Return the path of the pack of a model's records `first` to `last`."""
    return f"{packs_folder(chain)}/{first:08d}-{last:08d}.pack"


def pack_of(name: str) -> tuple[int, int] | None:
    """Return the first and last record that a pack of this file name holds; None where no pack is named so."""
    found = PACK.fullmatch(name)
    first, last = (int(found[1]), int(found[2])) if found else (0, 0)
    return (first, last) if found and last - first + 1 in pack_sizes(first - 1) else None


def pack_sizes(done: int) -> tuple[int, ...]:
    """Return how many records a pack may hold that begins behind so many, the largest first."""
    whole = tuple(size for size in PACK_SIZES if done % size == 0)
    return (*whole, *range(PACK_SIZES[-1] - PACK_STEP, 0, -PACK_STEP)) if whole else ()


def version_folder(model: str, version: str) -> str:
    """Return the folder of a version."""
    return f"{MODELS}/{model}/{VERSIONS}/{version}"


def version_file(model: str, version: str, name: str) -> str:
    """Return the path of a file of a version, `name` being relative to the version's folder."""
    return f"{MODELS}/{model}/{VERSIONS}/{version}/{name}"


def card_path(model: str, digest: str) -> str:
    """Return where a card's bytes are kept as they were approved or registered."""
    return f"{MODELS}/{model}/{CARDS}/{digest}.md"


def heads_path(digest: str) -> str:
    """Return where the list of heads that a checkpoint names is kept."""
    return f"{PRIVATE}/{CHECKPOINT_CHAIN}/{digest}.heads"


def journal_path(number: int) -> str:
    """Return the path of the journal's entry of this number, from 1."""
    return f"{JOURNAL}/{number:016d}.json"


def journal_entry_of(name: str) -> int:
    """Return the number of the entry that a file name in the journal is; 0 where it is none."""
    found = NUMBERED.fullmatch(name)
    return int(found[1]) if found and not found[2] else 0


def index_path(entry: int) -> str:
    """Return the path of the index of everything up to this entry of the journal."""
    return f"{INDEX}/{entry:016d}.json.gz"


def index_of(name: str) -> int | None:
    """Return up to which entry an index of this file name goes; None where no index is named so."""
    found = NUMBERED.fullmatch(name)
    return int(found[1]) if found and found[2] else None


def model_of_record(path: str) -> str:
    """Return the model in whose log a record of this path is; "" where it is in none."""
    folder, _, name = path.rpartition("/")
    return model_of_chain(folder.removesuffix(f"/{LOG}")) if slot_of(name) and folder.endswith(f"/{LOG}") else ""


def proposal_folder(proposal: str) -> str:
    """Return the folder of a proposal that collects signatures."""
    return f"{PROPOSALS}/{proposal}"


def proposal_signature(proposal: str, fingerprint: str) -> str:
    """Return where a root key's signature of a proposal is kept; `fingerprint` as `SHA256:…`."""
    who = fingerprint.removeprefix("SHA256:").replace("/", "_")
    return f"{PROPOSALS}/{proposal}/{who}.sig"


def in_manifest(path: str) -> bool:
    """Tell whether a file of a version, by its path below the version's folder, belongs into the manifest."""
    return path not in {MANIFEST_FILE, CARD_FILE} and not path.startswith(f"{EVALUATIONS}/")
