# A thin alias of the command `compendium`; where there is no make, `uv run compendium reproduce` does the same.
.DEFAULT_GOAL := help
.PHONY: help reproduce serve test check lint types lab why site diff tidy messages new-country explore-db archive benchmark evidence clean

STUDY ?= data
ONLY ?=
WORKERS ?=
CLUSTER ?=
compendium = .venv/bin/compendium
# make has a CC of its own (the C compiler), which is no country
country = $(if $(filter default,$(origin CC)),,$(CC))
python = .venv/bin/python
options = --study "$(STUDY)" $(if $(ONLY),--only "$(ONLY)")

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.venv/.ready: pyproject.toml uv.lock packaging/environment.sh packaging/uv-version packaging/data/share/jupyter/kernels/compendium/kernel.json
	@sh packaging/environment.sh

reproduce: .venv/.ready  ## run the whole study and print where its pages are (STUDY=folder ONLY=PT WORKERS=4 CLUSTER=tcp://host:8786)
	@$(compendium) reproduce $(options) $(if $(WORKERS),--workers $(WORKERS)) $(if $(CLUSTER),--cluster "$(CLUSTER)")

serve: .venv/.ready  ## show the pages at http://127.0.0.1:8000, on this machine only (PORT=8000)
	@$(python) -m http.server $(or $(PORT),8000) --bind 127.0.0.1 --directory "$(STUDY)/processed/site"

site: reproduce  ## the same: pages are part of the study

test: .venv/.ready  ## run the tests
	@$(python) -m pytest -q -n 2 --dist loadgroup tests

check: lint types test  ## lint, types and tests

lint: .venv/.ready
	@$(python) -m ruff check src tests

types: .venv/.ready
	@$(python) -m mypy

lab: .venv/.ready  ## open JupyterLab on the notebooks, with the kernel ready
	@$(compendium) lab

why: .venv/.ready  ## say what would run, and which change is the reason
	@$(compendium) why $(options)

diff: .venv/.ready  ## say which published numbers changed between the last two runs
	@$(compendium) diff --study "$(STUDY)"

tidy: .venv/.ready  ## store the notebooks without outputs
	@$(compendium) tidy

messages: .venv/.ready  ## list messages without translation (LANGUAGE=fr)
	@$(compendium) messages $(or $(LANGUAGE),fr) --study "$(STUDY)"

new-country: .venv/.ready  ## make the folder of another partner country (CC=ES)
	@$(if $(country),,echo "compendium: name the country, such as make new-country CC=ES" >&2; exit 2;) $(compendium) new-country "$(country)" --study "$(STUDY)"

explore-db: .venv/.ready  ## look around in the reference database in a browser, on this machine only (RELEASE=name)
	@$(compendium) publish database $(RELEASE) --study "$(STUDY)" > .venv/.explored
	@folder=$$(tail -n 1 .venv/.explored) && $(if $(wildcard .tools/bin/uv),.tools/bin/uv,uv) run --frozen --group explore datasette serve --host 127.0.0.1 --port 8001 --immutable "$$folder/reference.sqlite" --metadata "$$folder/datasette.json" --setting sql_time_limit_ms 5000

archive: .venv/.ready  ## make one file of everything that may be passed on (WHEELS=yes adds the packages)
	@$(compendium) archive --study "$(STUDY)" $(if $(WHEELS),--with-wheels)

benchmark: .venv/.ready  ## measure chain, readers, reliability, invariance and profiles against what others do
	@env -u PYTHONDONTWRITEBYTECODE $(python) tests/benchmarks/chain.py
	@env -u PYTHONDONTWRITEBYTECODE $(python) tests/benchmarks/readers.py
	@env -u PYTHONDONTWRITEBYTECODE OMP_NUM_THREADS=1 $(python) tests/benchmarks/reliability.py
	@env -u PYTHONDONTWRITEBYTECODE OMP_NUM_THREADS=1 $(python) tests/benchmarks/invariance.py
	@env -u PYTHONDONTWRITEBYTECODE OMP_NUM_THREADS=1 $(python) tests/benchmarks/mca.py
	@env -u PYTHONDONTWRITEBYTECODE OMP_NUM_THREADS=1 $(python) tests/benchmarks/hcpc.py
	@env -u PYTHONDONTWRITEBYTECODE OMP_NUM_THREADS=1 $(python) tests/benchmarks/latent_class.py

evidence: .venv/.ready  ## write the tables of docs/ anew: agreement with R, coverage, profiles, diagnosis, the attacker (hours; the study made before)
	@$(python) tests/agreement.py
	@$(foreach one,coverage coverage_reliability alignment item_bias verdicts recovery stability three_step comparison conditions contrast variance signs pathways,OMP_NUM_THREADS=1 $(python) tests/benchmarks/$(one).py &&) true
	@$(python) tests/disclosure_trial.py

clean: .venv/.ready  ## delete everything computed
	@$(compendium) clean --study "$(STUDY)"
