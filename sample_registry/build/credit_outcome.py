"""One version of credit-approval on the held-out rows: the value that evaluations and cards are made from."""

from dataclasses import dataclass
from functools import cached_property

import credit_measures as measures
import numpy as np
from credit_versions import Trained
from loans import Applications
from measured import one_thread
from onnxruntime import InferenceSession


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One version on the held-out rows, as its ONNX file answers."""

    trained: Trained
    applications: Applications
    probability: np.ndarray
    digest: str

    @property
    def version(self) -> str:
        """The version's name."""
        return self.trained.recipe.version

    @property
    def approved(self) -> np.ndarray:
        """What was really decided about the held-out rows."""
        return self.applications.approved[self.applications.held_out]

    @property
    def features(self) -> np.ndarray:
        """The held-out rows."""
        return self.applications.features(self.trained.recipe.columns)[self.applications.held_out]

    @property
    def decided(self) -> np.ndarray:
        """What the version decides about them."""
        return self.probability >= self.trained.threshold

    @cached_property
    def session(self) -> InferenceSession:
        """The ONNX file, opened."""
        return one_thread(self.trained.onnx)

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Returns the probability of approval that the ONNX file gives."""
        return predict_with(self.session, features)

    @cached_property
    def scores(self) -> list[measures.Metric]:
        """The metrics on all held-out rows."""
        return measures.overall(self.approved, self.probability, threshold=self.trained.threshold)

    def race_gap(self) -> tuple[float, measures.Interval]:
        """Returns the widest difference of true-positive rates between race groups."""
        return measures.gap(self.approved, self.decided, self.applications.held_out_groups()["race"])


def predict_with(session: InferenceSession, features: np.ndarray) -> np.ndarray:
    """Returns the probability of approval of each row."""
    return session.run(["probabilities"], {session.get_inputs()[0].name: features})[0][:, 1]
