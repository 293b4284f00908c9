"""The house plan, held by the code: who may import whom, and what is packaged."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("agents", "environments", "sandbox", "scenarios")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def modules() -> dict[str, Path]:
    """Every module by its installed name."""
    found: dict[str, Path] = {}
    for top in ("arena", *FOLDERS):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            parts = parts if top == "arena" else ("arena", *parts)
            found[".".join(p for p in parts if p != "__init__")] = path
    return found


MODULES = modules()


def imports(name: str, *, everywhere: bool) -> Iterator[str]:
    """Yield the full names that a module imports.

    Args:
        name: The module.
        everywhere: Inside functions and under TYPE_CHECKING as well.
    """
    for base, imported in names_imported(name, everywhere=everywhere):
        inner = f"{base}.{imported}"
        yield inner if inner in MODULES else base


def names_imported(name: str, *, everywhere: bool) -> Iterator[tuple[str, str]]:
    """Yield each import as a module and a name in it, empty for a whole module."""
    path = MODULES[name]
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*up, *((node.module or "").split("."))]).strip(".")
            yield from ((base, alias.name) for alias in node.names)


def test_every_package_is_listed_for_the_wheel() -> None:
    there = {name for name, path in MODULES.items() if path.name == "__init__.py"}
    assert there == set(PROJECT["tool"]["setuptools"]["packages"])


def test_no_kernel_module_is_named_like_a_folder() -> None:
    assert not {p.stem for p in (ROOT / "arena").iterdir()} & set(FOLDERS)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_what_the_house_plan_allows(name: str) -> None:
    own = name.split(".")[1] if name.split(".")[1:2] else ""
    for imported in imports(name, everywhere=True):
        parts = imported.split(".")
        assert parts[0] not in FOLDERS, f"{name} imports {imported} by its bare name"
        if parts[0] == "arena" and parts[1:2] and parts[1] in FOLDERS:
            assert own == parts[1], f"{name} imports {imported}"
    assert "arena" not in imports(name, everywhere=True), "import its modules"


def test_no_import_cycles() -> None:
    graph = {n: set(imports(n, everywhere=False)) & set(MODULES) for n in MODULES}
    while graph:
        leaves = {name for name, needs in graph.items() if not needs & set(graph)}
        assert leaves, f"a cycle among {sorted(graph)}"
        graph = {name: needs for name, needs in graph.items() if name not in leaves}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_refuses_to_be_imported_by_its_bare_name(folder: str) -> None:
    text = (ROOT / folder / "__init__.py").read_text()
    with pytest.raises(ImportError, match=f"import arena.{folder}, not {folder}"):
        exec(compile(text, folder, "exec"), {"__name__": folder})


@pytest.mark.parametrize("group", [g for g in PROJECT["project"]["entry-points"]])
def test_every_entry_point_of_ours_leads_somewhere(group: str) -> None:
    for target in PROJECT["project"]["entry-points"][group].values():
        module = target.partition(":")[0]
        assert module in MODULES or not module.startswith("arena"), target


@pytest.mark.parametrize("name", sorted(MODULES))
def test_public_names_are_listed_and_exist(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text())
    defined: set[str] = set()
    listed: list[str] | None = None
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            defined.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            defined |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {t.id for t in targets if isinstance(t, ast.Name)}
            if "__all__" in {t.id for t in targets if isinstance(t, ast.Name)}:
                assert node.value is not None
                listed = ast.literal_eval(node.value)
    if listed is not None:
        assert set() == set(listed) - defined
        assert sorted(listed, key=str) == sorted(set(listed), key=str)


def test_what_another_module_imports_is_listed_as_public() -> None:
    defined = {name: definitions(path) for name, path in MODULES.items()}
    listed = {name: public_names(path) for name, path in MODULES.items()}
    unlisted = {
        f"{base}.{imported}, by {name}"
        for name in MODULES
        for base, imported in names_imported(name, everywhere=True)
        if imported in defined.get(base, set()) - listed.get(base, set())
    }
    assert unlisted == set()


def definitions(path: Path) -> set[str]:
    """The functions and classes of a module whose names have no underscore."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = ast.parse(path.read_text()).body
    found = {node.name for node in body if isinstance(node, kinds)}
    return {name for name in found if not name.startswith("_")}


def public_names(path: Path) -> set[str]:
    """The names in a module's `__all__`, none where it has no such list."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def test_readmes_are_there_and_short() -> None:
    for folder in (*FOLDERS, "arena", "tests", "benchmarks"):
        lines = (ROOT / folder / "README.md").read_text().splitlines()
        assert 3 < len(lines) <= 40, folder


def test_the_static_links_lead_to_the_folders() -> None:
    for folder in FOLDERS:
        assert (ROOT / folder).resolve() == (ROOT / ".links/arena" / folder).resolve()
