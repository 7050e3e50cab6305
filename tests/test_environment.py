"""The environment is described in several files; these tests hold them to the same story."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]

#: Which parts of pyproject.toml each lock must satisfy; "project" is the library's own list.
LOCKS = {
    "requirements-setup.lock": ("setup",),
    "requirements.lock": ("project", "notebooks", "build"),
    "requirements-test.lock": ("project", "test", "dev"),
}
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)( ; (?P<marker>.+?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")

README_LINES = 180

#: Folders of one machine, and hosts of package registries.
#: The look-behind leaves out web addresses and the insides of encoded pictures.
PRIVATE = re.compile(
    r"(?<![\w+/=.~-])/(?:root|home|Users|tmp|work|opt)/\w|\b[A-Z]:\\+Users\b"
    r"|pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|anaconda\.org|deb\.debian\.org"
)

#: Import limits. The time is processor time, so that a busy machine changes it little.
IMPORT_CPU_S = 1.5
IMPORT_MB = 150
#: On a slow machine: what the table libraries cost by themselves, plus this share for our own modules.
IMPORT_OWN_SHARE = 0.25
TABLE_LIBRARIES = "pandas, pyarrow, polars, narwhals.stable.v2"
LATE_IMPORTS = ("statsmodels", "seaborn", "nltk", "matplotlib", "scipy.stats", "duckdb", "pyspark", "great_tables")


@cache
def pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def declared(part: str) -> list[Requirement]:
    """Requirements of one dependency group, or of the library itself."""
    source = pyproject()["project"]["dependencies"] if part == "project" else pyproject()["dependency-groups"][part]
    return [Requirement(line) for line in source]


def pins(lock: str) -> dict[str, set[tuple[str, str]]]:
    """Versions with their markers, by package; a universal lock may hold two versions of one package."""
    found = defaultdict(set)
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if match := PIN.fullmatch(line):
            found[canonicalize_name(match["name"])].add((match["version"], match["marker"] or ""))
    return dict(found)


def ranges(requirements: list[Requirement]) -> dict[str, SpecifierSet]:
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(lock):
    hashes = None
    for number, line in enumerate((ROOT / lock).read_text(encoding="utf-8").splitlines(), start=1):
        if PIN.fullmatch(line):
            assert hashes != 0, f"{lock}: the package above line {number} has no hash"
            hashes = 0
        else:
            assert HASH.fullmatch(line), (
                f"{lock}:{number} is neither a pin nor a hash. Run `make lock`. It says: {line}"
            )
            hashes += 1
    assert hashes, f"{lock} is empty, or its last package has no hash"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_satisfies_every_declared_range(lock):
    locked = pins(lock)
    for requirement in (line for part in LOCKS[lock] for line in declared(part)):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{lock} lacks {requirement.name}, which pyproject.toml declares. Run `make lock`."
        outside = [version for version, _ in versions if version not in requirement.specifier]
        assert not outside, f"{lock} pins {requirement.name} {outside}, outside {requirement}. Run `make lock`."


def test_the_test_tools_do_not_move_the_library():
    default, tests = pins("requirements.lock"), pins("requirements-test.lock")
    moved = {name for name in default.keys() & tests.keys() if default[name] != tests[name]}
    assert not moved, f"the two locks pin different versions of {sorted(moved)}. Run `make lock`."


def test_the_build_backend_is_in_the_lock():
    assert ranges([Requirement(line) for line in pyproject()["build-system"]["requires"]]) == ranges(declared("build"))


def test_conda_names_the_same_packages_and_ranges():
    names = tomllib.loads((ROOT / "tests" / "conda_names.toml").read_text(encoding="utf-8"))["conda_forge"]
    wanted = {
        names.get(canonicalize_name(line.name), line.name): line.specifier
        for part in ("project", "notebooks")
        for line in declared(part)
    }
    wanted |= {"python": SpecifierSet(pyproject()["project"]["requires-python"]), "pip": SpecifierSet()}
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    listed = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    found = {
        match[1]: SpecifierSet(match[2]) for entry in listed if (match := re.fullmatch(r"([\w.-]+)\s*(.*)", entry))
    }
    assert found == wanted
    assert len(found) == len(listed), "environment.yml lists a package twice"
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}
    assert "defaults" not in environment["channels"]


def test_the_table_of_conda_names_has_no_leftovers():
    names = tomllib.loads((ROOT / "tests" / "conda_names.toml").read_text(encoding="utf-8"))["conda_forge"]
    groups = pyproject()["dependency-groups"]
    known = {canonicalize_name(line.name) for part in ("project", *groups) for line in declared(part)}
    assert names.keys() <= known


def test_one_version_and_one_date_everywhere():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## \[(\d[^\]]*)\] - (\S+)$", changelog, flags=re.MULTILINE)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = releases[0]
    assert newest == (pyproject()["project"]["version"], str(citation["date-released"]))
    assert citation["version"] == newest[0]
    assert citation["license"] == pyproject()["project"]["license"]


def test_the_citation_file_is_valid():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    done = subprocess.run([*command, str(ROOT / "CITATION.cff")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_stays_short():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= README_LINES, f"README.md has {len(lines)} lines; move detail to a notebook or CONTRIBUTING.md"


def test_every_dependency_has_its_reason_written_down():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Dependencies")[1]
    listed = re.findall(r"^\|(?:[^|]*\|)? ([a-z0-9-]+) \| [^|]+ \|$", text, flags=re.MULTILINE)
    groups = pyproject()["dependency-groups"]
    wanted = {canonicalize_name(line.name) for part in ("project", *groups) for line in declared(part)}
    assert sorted(set(listed) - {"package"}) == sorted(wanted)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_documents_name_only_targets_that_exist(document):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.* ## ", makefile, flags=re.MULTILINE))
    text = (ROOT / document).read_text(encoding="utf-8")
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^ {4}(.+)$", text, flags=re.MULTILINE)
    code += [line for block in re.findall(r"```\w*\n(.*?)```", text, flags=re.DOTALL) for line in block.splitlines()]
    named = {word for line in code for word in re.findall(r"(?:^|&& )make ([a-z-]+)", line)}
    assert named <= targets, f"{document} names `make {sorted(named - targets)}`, which the Makefile does not have"


def tracked_text() -> list[tuple[Path, str]]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout, so there is no list of tracked files")
    found = []
    for path in (ROOT / name for name in done.stdout.split("\0") if name):
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            found.append((path.relative_to(ROOT), content.decode("utf-8", errors="replace")))
    return found


def test_no_file_names_a_machine_or_a_package_registry():
    hits = [f"{path}: {match[0]}" for path, text in tracked_text() for match in PRIVATE.finditer(text)]
    assert not hits, "machine paths or registry addresses in: " + ", ".join(hits)


PROBE = """
import json, resource, sys
from pathlib import Path
import {modules}
used = resource.getrusage(resource.RUSAGE_SELF)
status = Path("/proc/self/status")
if status.exists():  # getrusage would report the peak of the process that started this one
    peak = int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
else:
    peak = used.ru_maxrss / 2**20
print(json.dumps({{"cpu": used.ru_utime + used.ru_stime, "mb": peak, "modules": sorted(sys.modules)}}))
"""


def probe(modules: str, *, times: int = 1) -> dict:
    """Import in a fresh interpreter, after one import that leaves the compiled files behind; keep the fastest."""
    command = [sys.executable, "-c", PROBE.format(modules=modules)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(times + 1)]
    return min((json.loads(run.stdout) for run in runs[1:]), key=lambda run: run["cpu"])


def test_the_import_is_quick_and_small_and_leaves_the_heavy_packages_alone():
    pytest.importorskip("resource", reason="this system has no way to ask a process what it used")
    seen = probe("twoway")
    heavy = [name for name in LATE_IMPORTS if name in seen["modules"]]
    assert not heavy, f"`import twoway` imports {heavy}; import them inside the function that needs them"
    assert seen["mb"] < IMPORT_MB, f"`import twoway` takes {seen['mb']:.0f} MB"
    if seen["cpu"] >= IMPORT_CPU_S:
        allowed = max(IMPORT_CPU_S, (1 + IMPORT_OWN_SHARE) * probe(TABLE_LIBRARIES, times=3)["cpu"])
        cpu = probe("twoway", times=3)["cpu"]
        assert cpu < allowed, f"`import twoway` takes {cpu:.2f} s of processor time, {allowed:.2f} s are allowed"
