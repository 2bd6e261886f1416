"""Tells which of three cultivars a wine is from, with scikit-learn, and shows why."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

WEIGHTS = Path("weights/wine.npz")
MEASUREMENTS = {
    "alcohol": "Alcohol",
    "flavanoids": "Flavanoids",
    "color_intensity": "Colour intensity",
    "proline": "Proline",
}
CULTIVARS = ("Cultivar 1", "Cultivar 2", "Cultivar 3")
COLOURS = ("#0072b2", "#e69f00", "#009e73")  # told apart by colour-blind readers, too (Okabe and Ito)

# The map, in its own units: cells, and the margins for legend and axes.
COLUMNS, ROWS, CELL = 36, 27, 10
WIDTH, HEIGHT = COLUMNS * CELL, ROWS * CELL
LEFT, TOP = 58, 34


def predict(
    alcohol: float,
    flavanoids: float,
    color_intensity: float,
    proline: float,
    across: str = "Flavanoids",
    up: str = "Proline",
) -> tuple[dict[str, float], dict, str]:
    """Return the cultivars' probabilities, a table of what speaks for the likeliest one, and a map as SVG.

    `across` and `up` name the two measurements that the map varies; the others stay at the given values.
    """
    wine = np.array([alcohol, flavanoids, color_intensity, proline])
    probabilities = read_model(WEIGHTS).predict_proba(wine[None])[0]
    label = dict(zip(CULTIVARS, probabilities.tolist(), strict=True))
    return label, reasons(wine, int(probabilities.argmax())), draw_map(wine, across, up)


@cache
def read_parameters(path: Path) -> dict[str, np.ndarray]:
    """Read the arrays that training wrote. Nothing in the file can run code, as a pickle could."""
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


@cache
def read_model(path: Path) -> Pipeline:
    """Rebuild the fitted pipeline from its parameters."""
    parameters = read_parameters(path)
    scaler, classifier = StandardScaler(), LogisticRegression()
    scaler.mean_, scaler.scale_ = parameters["mean"], parameters["scale"]
    classifier.coef_, classifier.intercept_ = parameters["coefficients"], parameters["intercepts"]
    classifier.classes_ = np.arange(len(CULTIVARS))
    return make_pipeline(scaler, classifier)


def reasons(wine: np.ndarray, cultivar: int) -> dict:
    """Return a table: each measurement, and by how much it raises the cultivar's score above the mean of all three."""
    scaler, classifier = (step for _, step in read_model(WEIGHTS).steps)
    advantage = classifier.coef_[cultivar] - classifier.coef_.mean(axis=0)
    raised = advantage * scaler.transform(wine[None])[0]
    means = read_parameters(WEIGHTS)["cultivar_means"][cultivar]
    rows = [
        [name, round(float(value), 2), round(float(mean), 2), f"{by:+.2f}"]
        for name, value, mean, by in zip(MEASUREMENTS.values(), wine, means, raised, strict=True)
    ]
    return {"headers": ["Measurement", "This wine", f"Mean of {CULTIVARS[cultivar]}", "Speaks for it by"], "rows": rows}


def draw_map(wine: np.ndarray, across: str, up: str) -> str:
    """Draw the likeliest cultivar over two measurements, and where the wine is, as SVG.

    Written by hand, because Matplotlib would add its own megabytes to what a reader has to download.
    """
    names = list(MEASUREMENTS.values())
    x, y = names.index(across), names.index(up)
    lowest, highest = (read_parameters(WEIGHTS)[end] for end in ("lowest", "highest"))
    wines = np.tile(wine, (ROWS, COLUMNS, 1))
    wines[:, :, y] = np.linspace(highest[y], lowest[y], ROWS)[:, None]
    wines[:, :, x] = np.linspace(lowest[x], highest[x], COLUMNS)
    probabilities = read_model(WEIGHTS).predict_proba(wines.reshape(-1, len(wine))).reshape(ROWS, COLUMNS, -1)
    share = np.clip((wine - lowest) / (highest - lowest), 0, 1)
    ticks = [(at, *(lowest + at * (highest - lowest))[[x, y]]) for at in (0, 0.5, 1)]
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 16} {TOP + HEIGHT + 52}" '
            'font-family="sans-serif" font-size="12">',
            f"<title>Likeliest cultivar by {across} and {up}</title>",
            '<rect width="100%" height="100%" fill="#fff"/>',
            *legend(),
            *fields(probabilities),
            *numbers(probabilities.argmax(axis=2)),
            f'<circle cx="{LEFT + share[x] * WIDTH:.1f}" cy="{TOP + (1 - share[y]) * HEIGHT:.1f}" r="6" '
            'fill="#fff" stroke="#000" stroke-width="2.5"/>',
            *(text(LEFT + at * WIDTH, TOP + HEIGHT + 18, f"{value:.4g}") for at, value, _ in ticks),
            *(
                text(LEFT - 6, TOP + (1 - at) * HEIGHT + 4, f"{value:.4g}", 'text-anchor="end"')
                for at, _, value in ticks
            ),
            text(LEFT + WIDTH / 2, TOP + HEIGHT + 40, across),
            text(0, 0, up, f'text-anchor="middle" transform="translate(14 {TOP + HEIGHT / 2}) rotate(-90)"'),
            "</svg>",
        ]
    )


def legend() -> Iterator[str]:
    """Yield a sample of each cultivar's colour with its number and name."""
    for number, (name, colour) in enumerate(zip(CULTIVARS, COLOURS, strict=True)):
        left = LEFT + number * WIDTH / 3
        yield f'<rect x="{left}" y="10" width="12" height="12" fill="{colour}" fill-opacity=".8"/>'
        yield text(left + 17, 20, f"{number + 1}: {name}", "")


def fields(probabilities: np.ndarray) -> Iterator[str]:
    """Yield the map's coloured fields, the stronger the surer: a path for each strength of each colour."""
    outlines = defaultdict(str)
    for row, line in enumerate(probabilities):
        styles = [(COLOURS[of.argmax()], round(0.2 + 0.6 * (of.max() - 1 / 3) * 1.5, 1)) for of in line]
        left = LEFT
        for style, cells in groupby(styles):
            width = len(list(cells)) * CELL
            outlines[style] += f"M{left} {TOP + row * CELL}h{width}v{CELL}h-{width}z"
            left += width
    for (colour, opacity), outline in outlines.items():
        yield f'<path d="{outline}" fill="{colour}" fill-opacity="{opacity}"/>'


def numbers(likeliest: np.ndarray) -> Iterator[str]:
    """Yield each cultivar's number, near the middle of where it is likeliest: colour does not tell alone."""
    for cultivar in np.unique(likeliest):
        cells = np.argwhere(likeliest == cultivar)
        row, column = cells[((cells - cells.mean(axis=0)) ** 2).sum(axis=1).argmin()]
        yield text(
            LEFT + (column + 0.5) * CELL, TOP + row * CELL + 11, cultivar + 1, 'text-anchor="middle" font-size="18"'
        )


def text(x: float, y: float, words: object, attributes: str = 'text-anchor="middle"') -> str:
    return f'<text x="{x:g}" y="{y:g}" {attributes}>{words}</text>'
