"""Audio made by arithmetic, with what is known about every frame: no recording of a person is needed or shipped.

Speech-like sound is a pulse train with a moving pitch through three resonators at the mean formants of seven English
vowels (G. E. Peterson and H. L. Barney, 1952), in syllables with noise bursts and pauses between. A frame of 512 samples
counts as voiced when all of it lies inside a vowel; else it is not judged.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import chirp, lfilter

RATE = 16_000
FRAME = 512
SECONDS = 60
VOICES = 4
FORMANTS = [
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
    (660, 1720, 2410),
    (490, 1350, 1690),
]


@dataclass(frozen=True, kw_only=True)
class Sound:
    """One minute of audio and, for speech-like sound, which frames are voiced."""

    name: str
    samples: np.ndarray
    voiced: np.ndarray | None = None


def sounds() -> list[Sound]:
    """Returns every test sound, the same samples at every call."""
    generator = np.random.default_rng(16)
    count = RATE * SECONDS
    moment = np.arange(count) / RATE
    speech = [_speech(np.random.default_rng(100 + voice)) for voice in range(VOICES)]
    samples = np.concatenate([part for part, _ in speech])
    voiced = np.concatenate([_whole_frames(mask) for _, mask in speech])
    others = {
        "silence": np.zeros(count),
        "white-noise": 0.1 * generator.standard_normal(count),
        "pink-noise": _pink(generator, count),
        "tone-440hz": 0.3 * np.sin(2 * np.pi * 440 * moment),
        "sweep-100-7000hz": 0.3 * chirp(moment, 100, SECONDS, 7000, method="logarithmic"),
        "arpeggio": _arpeggio(moment),
    }
    noise = generator.standard_normal(len(samples))
    talk = [
        Sound(name=name, samples=_mixed(samples, noise, ratio), voiced=voiced)
        for name, ratio in (("speech-like", None), ("speech-like-20db", 20), ("speech-like-5db", 5))
    ]
    return [Sound(name=name, samples=part.astype(np.float32)) for name, part in others.items()] + talk


def _whole_frames(mask: np.ndarray) -> np.ndarray:
    frames = mask[: len(mask) // FRAME * FRAME].reshape(-1, FRAME)
    return np.all(frames, axis=1)


def _mixed(samples: np.ndarray, noise: np.ndarray, decibels: float | None) -> np.ndarray:
    if decibels is None:
        return samples.astype(np.float32)
    power = np.sqrt(np.mean(samples**2) / np.mean(noise**2) / 10 ** (decibels / 10))
    return (samples + noise * power).astype(np.float32)


def _pink(generator: np.random.Generator, count: int) -> np.ndarray:
    spectrum = np.fft.rfft(generator.standard_normal(count))
    shaped = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), count)
    return 0.5 * shaped / np.abs(shaped).max()


def _arpeggio(moment: np.ndarray) -> np.ndarray:
    """Decaying notes of a major chord with four harmonics, four a second."""
    note = (moment * 4).astype(int) % 4
    pitch = np.array([261.63, 329.63, 392.0, 523.25])[note]
    since = moment * 4 % 1 / 4
    tones = [np.sin(2 * np.pi * pitch * harmonic * since) / harmonic for harmonic in (1, 2, 3, 4)]
    return 0.15 * np.exp(-6 * since) * np.sum(tones, axis=0)


def _speech(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    base = generator.uniform(95, 220)
    parts: list[np.ndarray] = []
    masks: list[np.ndarray] = []
    while sum(map(len, parts)) < RATE * SECONDS:
        burst, vowel = _burst(generator), _vowel(generator, base)
        short = generator.random() < 0.85
        pause = np.zeros(int(RATE * (generator.uniform(0.01, 0.05) if short else generator.uniform(0.3, 0.6))))
        parts += [burst, vowel, pause]
        masks += [np.zeros(len(burst), bool), np.ones(len(vowel), bool), np.zeros(len(pause), bool)]
    whole, mask = np.concatenate(parts), np.concatenate(masks)
    length = RATE * SECONDS // FRAME * FRAME
    return 0.5 * whole[:length], mask[:length]


def _vowel(generator: np.random.Generator, base: float) -> np.ndarray:
    length = int(RATE * generator.uniform(0.12, 0.28))
    step = np.arange(length)
    turn = 2 * np.pi * generator.uniform(1, 4) * step / RATE + generator.uniform(0, 2 * np.pi)
    phase = np.cumsum(base * (1 + 0.15 * np.sin(turn))) / RATE
    sound = np.diff(np.floor(phase), prepend=0.0) + 0.02 * generator.standard_normal(length)
    for frequency, width in zip(FORMANTS[generator.integers(len(FORMANTS))], (80, 100, 140), strict=True):
        sound = _resonated(sound, frequency, width)
    sound *= np.minimum(1, np.minimum(step, length - step) / (0.03 * RATE))
    return sound / np.abs(sound).max() * generator.uniform(0.5, 1)


def _burst(generator: np.random.Generator) -> np.ndarray:
    length = int(RATE * generator.uniform(0.03, 0.09))
    sound = _resonated(generator.standard_normal(length), generator.uniform(2500, 6000), 800)
    return 0.15 * sound / np.abs(sound).max() * np.hanning(length)


def _resonated(sound: np.ndarray, frequency: float, width: float) -> np.ndarray:
    """Two-pole resonator with the given centre frequency and bandwidth in Hz."""
    radius = np.exp(-np.pi * width / RATE)
    return lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * frequency / RATE), radius**2], sound)
