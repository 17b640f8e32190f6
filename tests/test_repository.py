"""The shape of the repository: two doors with the same packages, one metadata, rooms in their place."""

import ast
import json
import re
import tomllib

import pytest
import yaml

from compendium import paths

ROOT = paths.REPOSITORY
CONDA_NAMES = {
    "python-duckdb": "duckdb",
    "matplotlib-base": "matplotlib",
    "jupyter_client": "jupyter-client",
    "typst-py": "typst",
}
# Rooms from the ground up: a room may import those below it and its own.
FLOORS = [
    {"errors", "paths"},
    {"reading", "text", "results", "cells"},
    {"study"},
    {"disclosure"},
    {
        "intervals",
        "persons",
        "scoring",
        "instrument_scores",
        "planning",
        "collection",
        "cleaning",
        "factor_models",
        "item_bias",
        "bivariate",
        "weighting",
        "estimation",
        "imputation",
        "measurement",
        "reliability",
        "invariance",
        "typology",
        "comparison",
        "pooling",
        "diagnosis",
        "action",
        "restitution",
        "needs",
        "pathways",
        "field",
        "poles",
        "economy",
        "organisations",
        "facts",
        "protection",
    },
    {"products", "provenance", "new_country", "qualitative"},
    {"palette", "wording", "downloads", "tables", "figures", "forms"},
    {"sheets"},
    {"notebook"},
    {"explorers", "run_report"},
    {"publishing"},
    {"reference"},
    {"pipeline"},
    {"archive"},
    {"commands"},
    {"__main__"},
]


@pytest.mark.parametrize(
    "name",
    [
        "notebooks",
        "src/compendium",
        "data/raw",
        "environment.yml",
        "Makefile",
        "tests",
        "CITATION.cff",
        ".zenodo.json",
        "codemeta.json",
        "README.md",
        "pyproject.toml",
        "uv.lock",
        "LICENSE",
        "LICENSE-DATA",
        "CHANGELOG.md",
        ".ci/run",
    ],
)
def test_the_top_level_is_as_agreed(name):
    assert (ROOT / name).exists()


def test_both_doors_hold_the_same_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    bounds = dict(entry.split(">=") for entry in conda if ">=" in entry)
    assert bounds.pop("python") == project["requires-python"].removeprefix(">=")
    assert {CONDA_NAMES.get(name, name): bound for name, bound in bounds.items()} == dict(
        entry.split(">=") for entry in project["dependencies"]
    )
    assert {"pip": ["--editable ."]} in environment["dependencies"]


def test_the_lock_holds_every_package_that_is_declared():
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = {package["name"]: package["version"] for package in lock["package"] if "version" in package}
    for entry in project["project"]["dependencies"]:
        name, bound = entry.split(">=")
        assert _numbers(locked[name]) >= _numbers(bound), f"{name} is locked at {locked[name]}, declared from {bound}"
    required = next(package for package in lock["package"] if package["name"] == "compendium")["metadata"][
        "requires-dist"
    ]
    assert {entry["name"] for entry in required} == {
        entry.split(">=")[0] for entry in project["project"]["dependencies"]
    }


def _numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)][:3]


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    modules = {
        "babel": "babel",
        "citric": "citric",
        "click": "typer",
        "docx": "python-docx",
        "duckdb": "duckdb",
        "ipykernel": "ipykernel",
        "IPython": "ipython",
        "ipywidgets": "ipywidgets",
        "jinja2": "jinja2",
        "jsonschema": "jsonschema",
        "jupyter_client": "jupyter-client",
        "jupyterlab": "jupyterlab",
        "matplotlib": "matplotlib",
        "nbclient": "nbclient",
        "nbconvert": "nbconvert",
        "nbformat": "nbformat",
        "numpy": "numpy",
        "openpyxl": "openpyxl",
        "pandas": "pandas",
        "pandera": "pandera",
        "papermill": "papermill",
        "phonenumbers": "phonenumbers",
        "pingouin": "pingouin",
        "pyarrow": "pyarrow",
        "pyreadstat": "pyreadstat",
        "pytask": "pytask",
        "python_calamine": "python-calamine",
        "yaml": "pyyaml",
        "requests": "requests",
        "rich": "rich",
        "scipy": "scipy",
        "seaborn": "seaborn",
        "statsmodels": "statsmodels",
        "typer": "typer",
        "typst": "typst",
    }
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, on_a_cluster = content["project"], {one.split(">=")[0] for one in content["dependency-groups"]["cluster"]}
    declared = {entry.split(">=")[0] for entry in project["dependencies"]}
    imported = {modules[name] for path in (ROOT / "src").rglob("*.py") for name in _imports(path) if name in modules}
    strange = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in _imports(path)
        if name not in modules and name not in _standard() and name != "compendium"
    }
    assert not strange - {"_pytask", "pluggy", "traitlets", "jupyter_server", "mpl_toolkits"} - on_a_cluster
    # JupyterLab is started as a program, pyarrow is what pandas reads Parquet with.
    assert declared - imported <= {"jupyterlab", "pyarrow"}
    assert imported <= declared


def _standard():
    import sys

    return sys.stdlib_module_names


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def test_imports_run_downwards():
    package = ROOT / "src" / "compendium"
    floor = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
    rooms = {path.relative_to(package).parts[0].removesuffix(".py") for path in package.rglob("*.py")}
    assert rooms - {"__init__"} == set(floor), "each room has its floor, and each floor its rooms"
    upwards = [
        f"{path.relative_to(package)} imports {room}"
        for path in sorted(package.rglob("*.py"))
        for own in [path.relative_to(package).parts[0].removesuffix(".py")]
        for room in _own_rooms(path, package)
        if own in floor and room in floor and floor[room] > floor[own]
    ]
    assert not upwards


def _own_rooms(path, package):
    depth = len(path.relative_to(package).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level == depth:
            yield from [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
        elif node.level == 0 and (node.module or "").startswith("compendium"):
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]


def test_nothing_in_the_program_names_a_country_of_the_study():
    codes = "|".join(["FR", "PT", "PL", "DE", "GB"])
    found = [
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "src").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(rf"""["']({codes})["']""", line)
        and not line.strip().startswith(('"""', "#", ">>>"))
        and "->" not in line
    ]
    assert not found


def test_no_path_of_a_machine_is_committed():
    suffixes = {".py", ".md", ".yml", ".toml", ".json", ".ipynb", ".cff", ".sh", ".csv", ".po", ".css", ".j2"}
    places = [
        ROOT / "src",
        ROOT / "notebooks",
        ROOT / "packaging",
        ROOT / "data" / "raw",
        ROOT / "README.md",
        ROOT / "Makefile",
    ]
    machine = re.compile(r"/(?:root|work)/")
    for place in places:
        for path in [place] if place.is_file() else place.rglob("*"):
            if path.suffix in suffixes:
                assert not machine.search(path.read_text(encoding="utf-8")), path


def test_the_citation_and_the_package_have_the_same_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert str(citation["version"]) == project["version"]
    assert citation["license"] == project["license"]


def test_schemas_are_schemas():
    import jsonschema

    found = sorted(paths.SCHEMAS.glob("*.json"))
    assert found
    for path in found:
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
