"""Generate the chain of a study: one step for each product of each unit, one for each notebook, unit and language."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compendium import paths, products
from compendium.errors import ChainError
from compendium.pipeline.code import closure
from compendium.pipeline.engine import Step
from compendium.pipeline.nodes import FilesNode, FolderNode, Node, PageNode, ProductNode, ValueNode
from compendium.pipeline.normal_form import normal_text, read_notebook
from compendium.pipeline.notebooks import Assignment, Declared, declared, make_page
from compendium.pipeline.work import make_product
from compendium.products import Product
from compendium.study.study import Study


@dataclass(frozen=True)
class Rooms:
    """What a chain is made of; tests put miniature rooms in their place.

    Attributes
    ----------
    notebooks : Path
        Folder of the notebooks.
    products : mapping of str to Product
        The language-free products by name.
    export : str
        ``module:function`` that makes a page from an executed notebook.
    site : str
        ``module:function`` that makes the front page.
    kernel : str
        Name of the kernel.
    """

    notebooks: Path = paths.NOTEBOOKS
    products: Mapping[str, Product] = field(default_factory=lambda: products.PRODUCTS)
    export: str = "compendium.publishing.export:export"
    site: str = "compendium.publishing.site:build_site"
    kernel: str = "compendium"


class Graph:
    """The chain of one study.

    Parameters
    ----------
    study : Study
        The study.
    rooms : Rooms
        What the chain is made of.

    Attributes
    ----------
    steps : dict of str to Step
        All steps by name, those that make something before those that need it.
    needs : dict of str to list of str
        Names of the steps whose outputs a step reads.
    """

    def __init__(self, study: Study, rooms: Rooms) -> None:
        self.study = study
        self.rooms = rooms
        self.steps: dict[str, Step] = {}
        self.needs: dict[str, list[str]] = {}
        self._nodes: dict[str, Node] = {}
        self._common: tuple[Node, ...] = (
            self._once(FilesNode(name="lock file", files={"uv.lock": paths.REPOSITORY / "uv.lock"})),
            # how the study is cited is no part of any page
            self._once(
                FilesNode(
                    name="study files",
                    files={
                        path.name: path
                        for path in study.folder.glob("*.yml")
                        if path != paths.metadata_file(study.folder)
                    },
                )
            ),
            self._once(FolderNode(name="definitions", folder=paths.DEFINITIONS)),
        )
        for wave in study.waves:
            for product in rooms.products.values():
                for unit in self._units(product.scope):
                    self._add_product(product, unit, wave)
        for scope in ("country", "pooled"):  # those of all countries together rest on those of each
            for path in sorted(rooms.notebooks.glob("*.ipynb")):
                self._add_pages(path, scope)

    def pages(self) -> list[Step]:
        """Return the steps that make a page."""
        return [step for step in self.steps.values() if step.language]

    def with_ancestors(self, names: Iterable[str]) -> list[Step]:
        """Return some steps and all they need, in the order of the chain."""
        wanted: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting += self.needs[name]
        return [step for step in self.steps.values() if step.name in wanted]

    def _units(self, scope: Iterable[str]) -> list[str]:
        countries = [country.code for country in self.study.countries] if "country" in scope else []
        return [*countries, *([self.study.pooled.code] if "pooled" in scope else [])]

    def _once(self, node: Node) -> Node:
        """Return the one node of that name, so that its state is looked up once for all who depend on it."""
        return self._nodes.setdefault(node.name, node)

    def _output(self, file: Path) -> ProductNode:
        name = file.relative_to(paths.processed(self.study.folder)).as_posix()
        kind = PageNode if file.suffix == ".html" else ProductNode
        node = self._once(kind(name=name, file=file))
        assert isinstance(node, ProductNode)
        return node

    def _code(self, name: str, modules: Iterable[str], source: str = "") -> Node:
        if name not in self._nodes:
            self._nodes[name] = FilesNode(name=name, files=closure(modules, source))
        return self._nodes[name]

    def _add_product(self, product: Product, unit: str, wave: str) -> None:
        study, registry = self.study, self.rooms.products
        needed = products.inputs(study, product.name, unit, registry)
        files = {need: {other: self._product(other, wave, need) for other in others} for need, others in needed.items()}
        past = products.earlier_waves(study, wave) if product.earlier else []
        earlier = {one: self._product(unit, one, product.earlier) for one in past}
        output = self._product(unit, wave, product.name)
        module = product.maker.partition(":")[0]
        inputs = [
            *self._common,
            self._code(f"code of {module}", [module]),
            *(node for nodes in (*files.values(), earlier) for node in nodes.values()),
            *(self._raw(path) for path in products.raw_inputs(study, product.name, unit, wave, registry)),
        ]
        reads = {need: {other: node.file for other, node in nodes.items()} for need, nodes in files.items()}
        # The pooled unit gets what countries made as one mapping; everyone else gets the one frame of a need.
        is_each = {need: study.is_pooled(unit) and unit not in sources for need, sources in reads.items()}
        whole = {need: sources if is_each[need] else next(iter(sources.values())) for need, sources in reads.items()}
        if product.earlier:
            whole["earlier"] = {one: node.file for one, node in earlier.items()}
        self._add(
            Step(
                name=f"{unit}/{wave}/{product.name}",
                unit=unit,
                wave=wave,
                what=product.name,
                language="",
                work=make_product,
                arguments=(product, study.folder, unit, wave, whole, output.file),
                inputs=tuple(inputs),
                outputs=(output,),
            ),
            [
                *(f"{other}/{wave}/{need}" for need, others in needed.items() for other in others),
                *(f"{unit}/{one}/{product.earlier}" for one in past),
            ],
        )

    def _product(self, unit: str, wave: str, name: str) -> ProductNode:
        return self._output(paths.product(self.study.folder, unit, wave, name))

    def _resolve(self, path: Path, need: str, unit: str) -> tuple[str, str]:
        """Return whose product a notebook means: its own unit's, or the pooled one where asked or only that is made."""
        name = need.removeprefix("pooled.")
        scopes = {scope for product in self.rooms.products.values() if product.name == name for scope in product.scope}
        if not scopes:
            legal = sorted({product.name for product in self.rooms.products.values()})
            raise ChainError(f"{paths.shown(path)}: needs the product {need!r}; legal are {', '.join(legal)}")
        own = products.POOLED if self.study.is_pooled(unit) else products.COUNTRY
        return name, unit if name == need and own in scopes else self.study.pooled.code

    def _raw(self, path: Path) -> Node:
        name = Path(os.path.relpath(path, self.study.folder)).as_posix()
        return self._once(
            FolderNode(name=name, folder=path) if path.is_dir() else FilesNode(name=name, files={name: path})
        )

    def _add(self, step: Step, needs: list[str]) -> None:
        for need in needs:
            if need not in self.steps:
                raise ChainError(
                    f"{step.name} needs {need}, which nothing in the chain makes; legal are {', '.join(self.steps)}"
                )
        self.steps[step.name] = step
        self.needs[step.name] = needs

    def _add_pages(self, path: Path, scope: str) -> None:
        notebook = read_notebook(path)
        said = declared(path, notebook)
        source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        stripped = ValueNode(name=f"notebooks/{path.name}", value=normal_text(notebook))
        code = self._code(f"code of {path.name}", ["compendium.notebook", self.rooms.export.partition(":")[0]], source)
        for wave in self.study.waves:
            for unit in self._units({scope} & set(said.scope)):
                for language in self.study.languages_of(unit):
                    self._add_page(path, stripped, code, said, unit, wave, language)

    def _add_page(
        self, path: Path, source: Node, code: Node, said: Declared, unit: str, wave: str, language: str
    ) -> None:
        folder = self.study.folder
        name = path.stem
        parameters = {
            "study": Path(os.path.relpath(folder, paths.REPOSITORY)).as_posix(),
            "country": unit,
            "wave": wave,
            "language": language,
            "seed": self.study.seed,
        }
        task = Assignment(
            notebook=path,
            executed=paths.executed(folder, unit, wave, language, name),
            published=paths.published(folder, unit, wave, language, name),
            page=paths.page(folder, unit, wave, language, name),
            parameters=parameters,
            study_folder=folder,
            kernel=self.rooms.kernel,
            export=self.rooms.export,
        )
        reads = [self._resolve(path, need, unit) for need in said.needs]
        # the gate looks at each country before it lets a number of all together out
        reads += [
            (need, country)
            for need, other in reads
            for country in products.countries_beside(self.study, need, other, self.rooms.products)
            if (need, country) not in reads
        ]
        # Europe is never made from a mixture: where the page of one country could not be made, it waits.
        rests_on = (
            [page for page in self.pages() if page.wave == wave and page.unit != unit]
            if self.study.is_pooled(unit)
            else []
        )
        inputs = (
            *self._common,
            source,
            code,
            self._once(ValueNode(name=f"parameters {unit}/{wave}/{language}", value=repr(parameters))),
            self._once(FolderNode(name="templates", folder=paths.TEMPLATES)),
            self._once(FolderNode(name=f"catalogue {language}", folder=paths.LOCALE / language)),
            self._once(FolderNode(name="context", folder=paths.context(folder))),
            self._once(FolderNode(name="released", folder=paths.released(folder))),
            *(self._raw(file) for file in paths.of_statements(folder, [one.code for one in self.study.countries])),
            *(self._product(other, wave, need) for need, other in reads),
            *(self._output(page.arguments[0].published) for page in rests_on),
        )
        self._add(
            Step(
                name=f"{unit}/{wave}/{language}/{name}",
                unit=unit,
                wave=wave,
                what=name,
                language=language,
                work=make_page,
                arguments=(task,),
                inputs=inputs,
                outputs=tuple(self._output(file) for file in (task.executed, task.published, task.page)),
            ),
            [*(f"{other}/{wave}/{need}" for need, other in reads), *(page.name for page in rests_on)],
        )
