"""Learns how to rank: LambdaMART (Burges 2010, as LightGBM has it) over what ranking knows of the best entries of each need.

python3 learn.py NUMBERS FOREST

NUMBERS is what `relevance --numbers` wrote. First it says how well a ranking does that never saw the need that it is tried on:
five parts, each tried on what was learnt from the other four. Then it learns from all of them and writes FOREST, one tree a
line: `NAME<=NUMBER`, what follows for yes, what follows for no, `=NUMBER` for a leaf. Needs numpy and lightgbm (both from PyPI).
"""

import sys

import lightgbm
import numpy

# What may count one way alone: having more of what is asked for never lowers an entry, nor does it that another source
# speaks of the same vulnerability; that its own source was heard before never raises it.
RAISES = {"score", "found", "telling", "scarce", "strict", "rarest", "rare", "title", "titled", "products", "company",
          "speakers"}
LOWERS = {"heard"}

TREES = 120
PARTS = 5
PLACES = 10


def learn(numbers, answers, sizes, names):
    """A ranking learnt from rows of numbers; `sizes` says how many rows each query has."""
    monotone = [1 if name in RAISES else -1 if name in LOWERS else 0 for name in names]
    settings = {
        "objective": "lambdarank", "lambdarank_truncation_level": PLACES, "label_gain": [0, 1],
        "num_leaves": 15, "learning_rate": 0.1, "min_data_in_leaf": 50,
        "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1,
        "monotone_constraints": monotone, "monotone_constraints_method": "intermediate",
        "seed": 1, "deterministic": True, "force_row_wise": True, "num_threads": 2, "verbose": -1,
    }
    rows = lightgbm.Dataset(numbers, answers, group=sizes, feature_name=list(names))
    return lightgbm.train(settings, rows, TREES)


def tell(worth, some):
    """MRR over the queries of one wording, whether anything was found for them or not."""
    reciprocal = 0.0
    for start, end in zip(starts, numpy.r_[starts[1:], len(query)]):
        if not some[start]:
            continue
        order = numpy.argsort(-worth[start:end], kind="stable")[:PLACES]
        right = numpy.flatnonzero(answers[start:end][order])
        if len(right):
            reciprocal += 1 / (right[0] + 1)
    return reciprocal / (int(need.max()) + 1)


def written(tree):
    """A tree in the order in which it is walked."""
    if "leaf_value" in tree:
        return [f"={tree['leaf_value']:.4g}"]
    name = NAMES[tree["split_feature"]]
    return [f"{name}<={tree['threshold']:.6g}", *written(tree["left_child"]), *written(tree["right_child"])]


with open(sys.argv[1], "rb") as file:
    _, _, _, _, *NAMES = file.readline().decode().split()
    table = numpy.frombuffer(file.read(), dtype="<f4").reshape(-1, 4 + len(NAMES))
query, need, wording, answers, numbers = *table[:, :4].T, table[:, 4:]
starts = numpy.flatnonzero(numpy.r_[True, query[1:] != query[:-1]])
part = numpy.random.default_rng(1).permutation(int(need.max()) + 1)[need.astype(int)] % PARTS


def sizes(rows):
    return numpy.unique(query[rows], return_counts=True)[1]


worth = numpy.zeros(len(table))
for tried in range(PARTS):
    others = part != tried
    worth[~others] = learn(numbers[others], answers[others], sizes(others), NAMES).predict(numbers[~others])
before = -numpy.arange(len(table))
for number, name in enumerate(["words", "sentence", "three_words"]):
    print(f"mrr_{name}_first={tell(before, wording == number):.4f} mrr_{name}_unseen={tell(worth, wording == number):.4f}")
ranking = learn(numbers, answers, sizes(slice(None)), NAMES)
model = ranking.dump_model()
with open(sys.argv[2], "w") as file:
    for tree in model["tree_info"]:
        print(*written(tree["tree_structure"]), file=file)
for name, gain in sorted(zip(NAMES, ranking.feature_importance("gain")), key=lambda pair: -pair[1]):
    print(f"{name:16} {gain:10.0f}")
