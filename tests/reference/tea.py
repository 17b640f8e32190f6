"""Reference values of the tea survey: read from the folder beside the repository, absent on other machines.

Source: `../shared/reference` (see its README): FactoMineR 2.7 under R 4.2.2, `MCA(tea, quanti.sup = 19, quali.sup = 20:36)`
and `HCPC`; the data set is the package's own example (GPL), 300 tea drinkers, 18 active questions.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "reference"
RUNS = ("tea_default_ncp5", "tea_ncp20_k3_noconsol", "tea_ncp20_k3_consol")


def _file(name: str) -> Path:
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"the reference folder beside the repository is absent, so {name} cannot be compared with")
    return path


def answers() -> pd.DataFrame:
    """Return the 300 answers: columns 1-18 active, 19 a quantity, 20-36 supplementary categories."""
    return pd.read_csv(_file("data/tea.csv"), keep_default_na=False)


def expected(run: str) -> dict[str, Any]:
    """Return eigenvalues, rates and clustering figures of one run."""
    content: dict[str, Any] = json.loads(_file("mca_hcpc.json").read_text(encoding="utf-8"))[run]
    return content


def categories() -> dict[str, pd.DataFrame]:
    """Return coordinates, contributions, squared cosines and v-tests, categories x five axes."""
    table = pd.read_csv(_file("tea_default_ncp5_var_coord_contrib_cos2_vtest.csv"), index_col=0)
    names = ("coordinate", "contribution_pct", "cos2", "v_test")
    return {
        name: pd.DataFrame(table.iloc[:, 5 * i : 5 * i + 5].to_numpy(), index=table.index, columns=range(1, 6))
        for i, name in enumerate(names)
    }


def individuals() -> np.ndarray:
    """Return the coordinates of the respondents on five axes."""
    return pd.read_csv(_file("tea_default_ncp5_ind_coord.csv"), index_col=0).to_numpy()


def members(run: str) -> np.ndarray:
    """Return the cluster of each respondent."""
    return pd.read_csv(_file(f"{run}_hcpc_clusters.csv"))["clust"].astype(str).to_numpy()


def described() -> dict[tuple[str, str], float]:
    """Return the printed v-tests by (cluster, "variable=category"), six decimals."""
    found: dict[tuple[str, str], float] = {}
    cluster = ""
    for line in _file("tea_default_ncp5_hcpc_desc_category.txt").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"\$`(\d)`", line):
            cluster = heading[1]
        elif value := re.fullmatch(r"(\S[^=]*=.*?)\s{2,}(-?\d+\.\d+)\s*|(\S[^=]*=.*?) (-?\d+\.\d+)\s*", line):
            name, number = (value[1], value[2]) if value[1] else (value[3], value[4])
            if not re.search(r"\s-?\d+\.\d+\s", name + " "):
                found[cluster, name.strip()] = float(number)
    return found
