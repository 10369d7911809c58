"""Makes nannyml.json: what NannyML 0.13.1 and scikit-learn 1.9.1 say about NannyML's own data sets.

    python3 -m venv venv && venv/bin/pip install nannyml==0.13.1 statsmodels
    venv/bin/python make-nannyml.py nannyml.json

Car loan (binary classification): probabilities, predictions and targets are counted, as no figure
depends on their order: rows of [score in hundredths, predicted, target, count] for the reference and
for each chunk of 5000. Car price (regression): the first 2000 rows of the reference and of the
analysis, and the errors over them.
"""

import json
import os
import sys

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # it would send usage data

import nannyml as nml
import numpy as np
import pandas as pd
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    mean_absolute_error,
    precision_score,
    r2_score,
    recall_score,
    root_mean_squared_error,
)

pd.set_option("future.infer_string", False)  # NannyML 0.13.1 cannot take pandas' newer texts

CHUNK = 5000
ROWS = 2000
METRICS = ["accuracy", "precision", "recall", "f1"]


def counted(frame):
    score = (frame["y_pred_proba"] * 100).round().astype(int)
    assert np.allclose(score / 100, frame["y_pred_proba"])
    grouped = frame.assign(score=score).groupby(["score", "y_pred", "repaid"]).size()
    return [[int(v) for v in key] + [int(n)] for key, n in grouped.items()]


def car_loan():
    reference, analysis, targets = nml.load_synthetic_car_loan_dataset()
    cbpe = nml.CBPE(
        problem_type="classification_binary",
        y_pred_proba="y_pred_proba",
        y_pred="y_pred",
        y_true="repaid",
        metrics=METRICS,
        chunk_size=CHUNK,
    )
    cbpe.fit(reference)
    estimated = cbpe.estimate(analysis).filter(period="analysis").to_df()
    joined = analysis.merge(targets, on="id") if "id" in targets else analysis.join(targets)
    chunks = []
    for index in range(len(joined) // CHUNK):
        chunk = joined.iloc[index * CHUNK : (index + 1) * CHUNK]
        y, p = chunk["repaid"], chunk["y_pred"]
        chunks.append(
            {
                "rows": counted(chunk),
                "estimated": {m: float(estimated[(m, "value")].iloc[index]) for m in METRICS},
                "realised": {
                    "accuracy": float(accuracy_score(y, p)),
                    "precision": float(precision_score(y, p)),
                    "recall": float(recall_score(y, p)),
                    "f1": float(f1_score(y, p)),
                },
            }
        )
    positives = reference[reference["y_pred"] == 1]["y_pred_proba"]
    return {"threshold": float(positives.min()), "reference": counted(reference), "chunks": chunks}


def errors(frame):
    y, p = frame["y_true"], frame["y_pred"]
    return {
        "meanAbsoluteError": float(mean_absolute_error(y, p)),
        "rootMeanSquaredError": float(root_mean_squared_error(y, p)),
        "rSquared": float(r2_score(y, p)),
        "bias": float((p - y).mean()),
    }


def car_price():
    reference, analysis, targets = nml.load_synthetic_car_price_dataset()
    joined = analysis.merge(targets, on="id") if "id" in targets else analysis.join(targets)
    features = [c for c in reference.columns if c not in ("id", "timestamp", "y_true", "y_pred")]
    dle = nml.DLE(
        feature_column_names=features,
        y_pred="y_pred",
        y_true="y_true",
        metrics=["mae", "rmse"],
        chunk_size=ROWS,
    )
    dle.fit(reference)
    first = dle.estimate(analysis.iloc[:ROWS]).filter(period="analysis").to_df()
    last = dle.estimate(analysis.iloc[-ROWS:]).filter(period="analysis").to_df()
    table = lambda frame: [[int(p), int(y)] for p, y in zip(frame["y_pred"], frame["y_true"])]
    parts = {"first": (joined.iloc[:ROWS], first), "last": (joined.iloc[-ROWS:], last)}
    return {
        "reference": table(reference.iloc[:: len(reference) // ROWS].iloc[:ROWS]),
        "analysis": {
            name: {
                "rows": table(frame),
                "realised": errors(frame),
                "estimated": {m: float(e[(m, "value")].iloc[0]) for m in ("mae", "rmse")},
            }
            for name, (frame, e) in parts.items()
        },
    }


# LightGBM writes to standard output, so the file is an argument.
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"carLoan": car_loan(), "carPrice": car_price()}, file, separators=(",", ":"))
    file.write("\n")
