"""The command line: what each command writes, and every mistake told in one readable line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner

import twoway as tw
from twoway.cli import main
from twoway.cli.formulas import plain_formula
from twoway.cli.main import twoway
from twoway.cli.options import seconds
from twoway.cli.words import in_options
from twoway.definitions import Definitions
from twoway.metrics.registry import all_metrics

COLUMNS = "unit,unit_id,metric,value,low,high,n,n_clusters,lower_bound,upper_bound,method,flags"
COLUMNS += ",horizon_s,attribution,bot_shift"

POSTS = """id,author,when,body,reply_to
1,ann,2024-03-04 09:00:00,@bakery open?,
2,bakery,2024-03-04 09:10:00,"@ann yes, until six",1
3,ben,2024-03-04 10:00:00,@bakery hello,
4,bakery,2024-03-20 10:00:00,fresh bread,
"""

MAPPED = ["--map", "post_id=id", "--map", "account_id=author", "--map", "created_at=when", "--map", "text=body"]
MAPPED += ["--map", "parent_id=reply_to"]


@pytest.fixture
def posts(tmp_path, monkeypatch):
    """A folder to work in, with a file of posts whose columns have names of their own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "posts.csv").write_text(POSTS, encoding="utf-8")
    return "posts.csv"


@pytest.fixture
def run(capsys):
    """Run the command and return its exit code, what it wrote, and what it told on the side."""

    def run(*words):
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def values(out):
    table = pd.read_csv(pd.io.common.StringIO(out))
    return {(row.unit_id, row.metric): row.value for row in table.itertuples()}


# -- help --------------------------------------------------------------------------------------------------------------


def test_without_words_it_shows_help(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    for name in ("describe", "measure", "report", "metrics", "sample"):
        assert f"\n  {name}" in out


@pytest.mark.parametrize("name", sorted(twoway.commands))
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_the_help_of_every_command_teaches_by_example(name, option, run):
    code, out, err = run(name, option)
    assert (code, err) == (0, "")
    assert f"Usage: twoway {name}" in out
    assert f"\n    twoway {name} " in out.replace(f"twoway {name}\n", f"twoway {name} \n")


def test_every_option_is_explained():
    for command in twoway.commands.values():
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help


def test_the_help_lists_every_definition(run):
    _, out, _ = run("measure", "--help")
    for name, value in Definitions().to_dict().items():
        assert f"{name}={value}" in out


def examples():
    lines = [line.strip() for command in twoway.commands.values() for line in (command.epilog or "").splitlines()]
    lines += [line.strip() for line in twoway.epilog.splitlines()]
    return [line.split("   ")[0] for line in lines if line.startswith("twoway ")]


@pytest.mark.parametrize("line", [line for line in examples() if "town_square" in line or "metrics" in line])
def test_examples_of_the_help_run_as_they_stand(line, tmp_path, monkeypatch):
    import shlex

    small = tw.load_corpus("twelve_posts")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("twoway.cli.sources.load_corpus", lambda _: small)
    assert main(shlex.split(line)[1:]) == 0


def test_version(run):
    assert run("--version") == (0, f"twoway {tw.versions()['twoway']}\n", "")


def test_it_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "twoway", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"twoway {tw.versions()['twoway']}\n")


# -- measure -----------------------------------------------------------------------------------------------------------


def test_measure_writes_the_long_table(run):
    code, out, err = run("measure", "twelve_posts", "--by", "organization")
    assert code == 0
    assert out.splitlines()[0] == COLUMNS
    card = tw.measure(tw.annotate(tw.load_corpus("twelve_posts")), by="organization")
    assert out == card.table.to_csv(index=False, lineterminator="\n")
    assert err.startswith(f"twoway: 12 posts; {len(all_metrics())} metrics by organization for 1 unit; ")
    assert err.count("\n") == 1


def test_measure_takes_metrics_in_any_way_of_listing(run):
    _, listed, _ = run("measure", "twelve_posts", "--metric", "response_rate, latency_median")
    _, repeated, _ = run("measure", "twelve_posts", "--metric", "response_rate", "--metric", "latency_median")
    assert listed == repeated
    assert {name for _, name in values(listed)} == {"response_rate", "latency_median"}


@pytest.mark.parametrize("level", ["account", "organization", "role", "month", "corpus"])
def test_measure_by_every_level(level, run):
    code, out, _ = run("measure", "twelve_posts", "--by", level, "--metric", "response_rate")
    assert code == 0
    assert out.splitlines()[1].startswith(f"{level},")


@pytest.mark.parametrize(
    ("file", "read"), [("a.csv", pd.read_csv), ("b/c.parquet", pd.read_parquet), ("d.json", pd.read_json)]
)
def test_measure_writes_files(file, read, run, tmp_path):
    names = [name for name, metric in all_metrics().items() if metric.table in {"received", "posted", "waiting"}]
    asked = ["measure", "twelve_posts", "--by", "organization", "--metric", ",".join(names)]
    code, out, _ = run(*asked, "-o", tmp_path / file)
    assert (code, out) == (0, "")
    table = read(tmp_path / file)
    assert list(table.columns) == COLUMNS.split(",")
    card = tw.measure(tw.annotate(tw.load_corpus("twelve_posts")), names, by="organization")
    assert card.table["value"].notna().sum() > 20
    # Text keeps 15 digits at least.
    assert table["value"].astype(float).to_numpy() == pytest.approx(
        card.table["value"].to_numpy(), rel=1e-14, nan_ok=True
    )


def test_columns_are_mapped_and_accounts_chosen(posts, run):
    code, out, _ = run("measure", posts, *MAPPED, "--focus", "bakery", "--metric", "response_rate")
    assert code == 0
    assert values(out) == {("bakery", "response_rate"): 0.5}


def test_focus_is_repeated_or_listed(posts, run):
    _, listed, _ = run("measure", posts, *MAPPED, "--focus", "bakery,@Ann", "--metric", "reply_share")
    _, repeated, _ = run("measure", posts, *MAPPED, "--focus", "bakery", "--focus", "ann", "--metric", "reply_share")
    assert listed == repeated
    assert len(values(listed)) == 2


def test_focus_chooses_accounts_of_a_bundled_corpus(run):
    accounts = tw.load_corpus("twelve_posts").accounts
    handle = accounts.loc[accounts["role"] == "care", "handle"].iloc[0]
    _, out, _ = run("measure", "twelve_posts", "--focus", handle, "--metric", "response_rate")
    assert len(values(out)) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "handle,organization,role\n@Bakery,Corner Shop,official\n"),
        ("a.csv", "\ufeffAccount_ID;Organization;Role\nbakery;Corner Shop;official\n"),
        ("a.tsv", "account_id\torganization\trole\nbakery\tCorner Shop\tofficial\n"),
        ("a.jsonl", '{"account_id": "bakery", "organization": "Corner Shop", "role": "official"}\n'),
        ("a.json", '[{"account_id": "bakery", "organization": "Corner Shop", "role": "official"}]'),
    ],
)
def test_a_table_of_accounts_names_organizations(name, content, posts, run, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    code, out, err = run(
        "measure", posts, *MAPPED, "--accounts", name, "--by", "organization", "--metric", "response_rate"
    )
    assert (code, values(out)) == (0, {("Corner Shop", "response_rate"): 0.5}), err


def test_set_changes_definitions(posts, run):
    command = ["measure", posts, *MAPPED, "--focus", "bakery", "--metric", "response_rate"]
    _, out, _ = run(*command, "--set", "horizon_s=5min")
    assert values(out) == {("bakery", "response_rate"): 0.0}
    _, plain, _ = run(*command, "--set", "horizon_s=604800", "--set", "seed=1", "--set", "attribution=strict")
    assert values(plain) == {("bakery", "response_rate"): 0.5}


def test_set_gives_constants_and_a_header(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    for name in ("cbc", "nbc"):
        (tmp_path / f"{name}.txt").write_text(f"{name}1|2024-03-04 09:00:00|so, it is\n", encoding="utf-8")
    command = ["describe", "--json", "*.txt", "--header", "post_id,created_at,text", "--delimiter", "|"]
    code, out, err = run(*command, "--set", "account_id={stem}")
    assert code == 0, err
    assert (json.loads(out)["posts"], json.loads(out)["accounts"]) == (2, 2)


def test_tabs_can_be_named(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("post_id\taccount_id\tcreated_at\n1\tann\t2024-03-04\n", encoding="utf-8")
    for word in ("tab", "\\t"):
        assert run("describe", "a.txt", "--delimiter", word)[0] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90", 90), ("90s", 90), ("30min", 1_800), ("30 minutes", 1_800), ("24h", 86_400), ("2 hours", 7_200),
     ("7d", 604_800), ("1 week", 604_800), ("1_000", 1_000), ("1.5 H", 5_400)],
)  # fmt: skip
def test_durations_are_read_as_people_write_them(text, expected):
    assert seconds(text, "horizon_s") == expected


# -- describe, report, metrics, sample ---------------------------------------------------------------------------------


def test_describe_as_json_has_the_counts(run):
    code, out, err = run("describe", "twelve_posts", "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    asked = {"posts": 12, "accounts": 6, "replies": 8, "parents_present": 7, "orphans": 1, "self_replies": 2}
    asked |= {"duplicates": 0, "rejected": 0, "window_from": "2024-03-04T09:00:00+00:00"}
    assert {name: facts[name] for name in asked} == asked
    assert facts["window_to"].startswith("2024-03-13T09:00")
    assert facts["fingerprint"] == tw.load_corpus("twelve_posts").fingerprint()


def test_describe_in_words_tells_what_was_set_aside(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    rows = ["post_id,account_id,created_at,text", "1,ann,2024-03-04,hello", "1,ann,2024-03-04,hello"]
    rows += [f"{n},ann,never,hello" for n in range(2, 15)]
    (tmp_path / "posts.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    code, out, _ = run("describe", "posts.csv")
    assert code == 0
    assert "duplicate post id dropped: 1" in out
    assert "  posts.csv, line 4: " in out
    assert "  and 3 more" in out
    assert "The source has no reply links" in out


def test_report_writes_a_page(run, tmp_path):
    code, out, err = run("report", "twelve_posts", "-o", tmp_path / "page", "--title", "A <bakery>")
    assert (code, out) == (0, f"{tmp_path / 'page' / 'index.html'}\n")
    assert err == "twoway: 12 posts; open the page in any browser\n"
    assert "<h1>A &lt;bakery&gt;</h1>" in (tmp_path / "page" / "index.html").read_text(encoding="utf-8")


def test_metrics_lists_and_explains(run):
    _, out, _ = run("metrics")
    for name in all_metrics():
        assert name in out
    _, one, _ = run("metrics", "response_rate")
    formula = all_metrics()["response_rate"].formula
    assert one == f"{tw.explain('response_rate')}\n".replace(formula, plain_formula(formula))
    _, family, _ = run("metrics", "B10")
    assert family.startswith("chase_rate (B10)")
    assert "ignored_twice_share (B10)" in family


def test_formulas_are_plain_text(run):
    code, out, _ = run("metrics", "B7")
    assert code == 0
    assert "\\" not in out
    assert "Formula: |" in out


@pytest.mark.parametrize("metric", list(all_metrics()))
def test_no_formula_keeps_its_latex(metric):
    plain = plain_formula(all_metrics()[metric].formula)
    assert "\\" not in plain
    assert plain.count("(") == plain.count(")")
    assert plain.count("{") == plain.count("}")


@pytest.mark.parametrize(
    "number", ["J1", "J4", "I4", *(f"N{i}" for i in range(1, 7)), *(f"U{i}" for i in range(1, 11))]
)
def test_numbers_of_the_catalogue_without_a_metric_are_explained(number, run):
    code, out, _ = run("metrics", number.lower())
    assert code == 0
    assert out.startswith(f"{number}: ")
    code, out, _ = run("metrics", number, "--json")
    assert json.loads(out)[0]["catalog"] == number


def test_one_is_singular(tmp_path, run):
    file = tmp_path / "one.csv"
    file.write_text("post_id,account_id,created_at,text\n1,ann,2024-03-04 09:00:00,hello\n", encoding="utf-8")
    _, _, told = run("measure", file, "--metric", "reply_share")
    assert "1 post; 1 metric by account for 1 unit; " in told


def test_an_unknown_focus_lists_the_organizations_and_counts_the_rest(run):
    code, _, told = run("measure", "town_square", "--focus", "NoSuchBrand")
    brands = tw.load_corpus("town_square").accounts.query("is_brand")
    assert code == 2
    listed = told.partition("Known: ")[2].partition(" and ")[0].split(", ")
    assert set(listed) <= set(brands["handle"])
    assert len(brands) < len(tw.load_corpus("town_square").accounts)
    n = len(tw.load_corpus("town_square").accounts)
    assert "accounts in all" in told
    assert f"{n:,}" in told


def test_a_date_that_can_be_read_in_two_ways_asks_which(tmp_path, run):
    file = tmp_path / "dates.csv"
    file.write_text("post_id,account_id,created_at,text\n1,ann,03/04/2020 10:00,hello\n", encoding="utf-8")
    _, _, told = run("describe", file)
    assert "day or the month" in told
    assert "--time-format '%d/%m/%Y %H:%M'" in told
    code, _, _ = run("describe", file, "--time-format", "%d/%m/%Y %H:%M")
    assert code == 0


def test_an_empty_folder_is_named(tmp_path, run):
    code, _, told = run("describe", tmp_path)
    assert code == 2
    assert f"No file to read in '{tmp_path}'" in told


def test_metrics_as_json(run):
    _, out, _ = run("metrics", "--json")
    assert [row["name"] for row in json.loads(out)] == list(all_metrics())
    _, one, _ = run("metrics", "burstiness", "--json")
    assert json.loads(one)[0]["unit"] == all_metrics()["burstiness"].unit


def test_sample_lists_and_copies(run, tmp_path):
    _, listed, _ = run("sample")
    assert listed.startswith("twelve_posts v1: 12 posts.")
    code, out, _ = run("sample", "twelve_posts", "-o", tmp_path / "mine")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["accounts.csv", "posts.csv", "truth.csv"]
    assert len(out.splitlines()) == 3
    # The same again does no harm, and what was copied can be read like any other file.
    assert run("sample", "twelve_posts", "-o", tmp_path / "mine")[0] == 0
    mine = [tmp_path / "mine" / "posts.csv", "--accounts", tmp_path / "mine" / "accounts.csv"]
    assert run("measure", *mine, "--metric", "response_rate")[0] == 0


# -- mistakes ----------------------------------------------------------------------------------------------------------

HERE = "There is no file or folder of that name in {cwd} either."

MISTAKES = {
    ("measure",): "Missing argument 'SOURCE...'. See 'twoway measure --help'.",
    ("measure", "twelve_post"): "'twelve_post' is not a known corpus. Did you mean 'twelve_posts'? Known: town_square, "
    f"twelve_posts. {HERE}",
    ("describe", "missing.csv"): "'missing.csv' does not exist. Check the path; relative paths start at '{cwd}'.",
    ("describe", "*.tsv"): "'*.tsv' matches no file. Check the path; relative paths start at '{cwd}'.",
    ("measure", "twelve_posts", "--by", "person"): "Invalid value for '--by': 'person' is not one of 'account', "
    "'organization', 'role', 'month', 'corpus'. See 'twoway measure --help'.",
    ("measure", "twelve_posts", "-o", "x.xlsx"): "'x.xlsx' has an ending that says no known kind of file. It was given "
    "to --output. End it in .csv, .parquet or .json.",
    ("measure", "twelve_posts", "--set", "horizon_s"): "'horizon_s' is not of the form name=value. It was given to "
    "--set. Write for instance --set account_id=...",
    ("measure", "twelve_posts", "--set", "horizon_s=soon"): "'soon' is not a duration. It was given to --set "
    "horizon_s=. Write seconds, or for instance 30min, 24h, 7d.",
    ("measure", "twelve_posts", "--set", "level=95"): "level=95.0 is not a confidence level. It stands in "
    "Definitions(level=...). Give a number between 0 and 1, such as 0.95.",
    ("measure", "twelve_posts", "--map", "text=body"): "'twelve_posts' comes with its own tables. Options for reading "
    "files were given beside it. Leave them out.",
    ("measure", "twelve_posts", "town_square"): "'twelve_posts' is a corpus of its own. It was named beside other "
    "sources. Read one at a time.",
    ("report", "twelve_posts"): "Missing option '-o' / '--output'. See 'twoway report --help'.",
    ("sample", "twelve_posts"): "There is no folder to copy 'twelve_posts' to. It was left out after 'twoway sample "
    "twelve_posts'. Name one, -o twelve_posts/",
    ("describe", "posts.csv", "--accounts", "nobody.csv"): "'nobody.csv' is not a file. It was given to --accounts. "
    "Check the path; relative paths start at '{cwd}'.",
}


@pytest.mark.usefixtures("posts")
@pytest.mark.parametrize("command", MISTAKES, ids=" ".join)
def test_a_mistake_is_told_in_one_line(command, run, tmp_path):
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert err == f"Error: {MISTAKES[command].format(cwd=tmp_path)}\n"


STARTS = {
    ("measur",): "No such command 'measur'.",
    ("measure", "twelve_posts", "--metrics", "x"): "No such option",
    ("measure", "twelve_posts", "--metric", "respons_rate"): "'respons_rate' is not a known metric. Did you mean "
    "'response_rate'? Known: ",
    ("metrics", "B99"): "'B99' is not a known metric. Known: ",
    ("measure", "twelve_posts", "--set", "horizon=24h"): "'horizon' is not a known definition or column. Did you mean "
    "'horizon_s'? Known: ",
    ("measure", "posts.csv", "--map", "post=id"): "'post' is not a known column of posts or accounts. Did you mean "
    "'post_id'? Known: ",
    (
        "measure",
        "posts.csv",
    ): "No column of posts.csv is recognized as created_at (when it was posted, UTC). Found: id, "
    "author, when, body, reply_to. Say which it is, --map created_at=",
    (
        "measure",
        "posts.csv",
        "--map",
        "created_at=whn",
    ): "--map asks for 'whn' as created_at, but the table has no such "
    "column. Found: id, author, when, body, reply_to. ",
    ("measure", "posts.csv", "--format", "twitter"): "'twitter' is not a known format. ",
    (
        "measure",
        "posts.csv",
        *MAPPED,
        "--focus",
        "bakry",
    ): "'bakry' is not a known account in this corpus. Did you mean 'bakery'? Known: ",
    ("describe", "posts.csv", "--accounts", "posts.csv", *MAPPED): "The table of accounts has neither 'account_id' nor "
    "'handle'. Found: ",
    ("describe", "posts.csv", "--accounts", "damaged.parquet", *MAPPED): "damaged.parquet cannot be read as a table (",
    ("measure", "twelve_posts", "--metric", "url_share", "-o", "posts.csv/a.csv"): "'posts.csv' cannot be used: ",
    ("report", "twelve_posts", "-o", "posts.csv"): "'posts.csv/index.html' cannot be written (",
    ("sample", "twelve_posts", "-o", "."): "'posts.csv' is there already and holds something else. ",
    ("sample", "twelve_post", "-o", "."): "'twelve_post' is not a known corpus. Did you mean 'twelve_posts'? ",
}


@pytest.mark.usefixtures("posts")
@pytest.mark.parametrize("command", STARTS, ids=lambda words: " ".join(words[:4]))
def test_a_mistake_begins_with_what_was_wrong(command, run, tmp_path):
    (tmp_path / "damaged.parquet").write_text("not a parquet file", encoding="utf-8")
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {STARTS[command]}"), err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_a_mistake_costs_no_time(run, monkeypatch):
    monkeypatch.setattr("twoway.cli.results.open_talk", lambda _: pytest.fail("the corpus was read"))
    assert run("measure", "town_square", "--metric", "nothing")[0] == 2
    assert run("measure", "town_square", "-o", "nothing")[0] == 2


@pytest.mark.parametrize(
    ("python", "option"),
    [
        ("Say how times are written, for instance time_format='%m/%d/%y %H:%M'.", "--time-format '%m/%d/%y %H:%M'"),
        ("Give the character, delimiter='...'.", "--delimiter '...'"),
        ("give the names, header=['post_id', ...].", "--header post_id,..."),
        ("or give one value for all rows, constants={'account_id': '...'}.", "--set account_id='...'"),
        (
            "for instance tw.read(path, columns={'post_id': '...'}) or --map post_id=...",
            "for instance --map post_id=...",
        ),
        ("Check that columns are what they are taken for, columns={...}.", "--map name=column"),
    ],
)
def test_python_is_told_in_options(python, option):
    assert option in in_options(python)


# -- signals -----------------------------------------------------------------------------------------------------------


def test_stopping_by_keyboard_is_130(monkeypatch, capsys):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("twoway.cli.results.open_corpus", stop)
    assert main(["describe", "twelve_posts"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
def test_a_real_interrupt_leaves_no_traceback(tmp_path):
    slow = "import time, twoway.cli.results as r; r.open_corpus = lambda _: time.sleep(30)\n"
    slow += (
        "from twoway.cli import main; print('ready', flush=True); raise SystemExit(main(['describe', 'twelve_posts']))"
    )
    command = [sys.executable, "-c", slow]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        process.stdout.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err.strip()) == (130, "")


@pytest.mark.skipif(os.name == "nt", reason="pipes differ on Windows")
def test_a_broken_pipe_is_silent(tmp_path):
    command = f"{sys.executable} -m twoway metrics --json 2>{tmp_path / 'err'} | head -c 10"
    subprocess.run(command, shell=True, check=False, stdout=subprocess.DEVNULL)
    assert (tmp_path / "err").read_text() == ""


def test_large_sources_are_announced(monkeypatch, run):
    monkeypatch.setattr("twoway.cli.sources._LARGE", 5)
    _, _, err = run("measure", "twelve_posts", "--metric", "response_rate")
    assert err.startswith("twoway: 12 posts read, finding out who answered whom\n")


def test_the_group_also_runs_under_click():
    # Whoever builds on the group (shell completion, documentation) gets click's own behavior.
    done = CliRunner().invoke(twoway, ["metrics", "response_rate"])
    assert (done.exit_code, done.output.startswith("response_rate (B1)")) == (0, True)


def test_codes_that_match_no_post_are_told(posts, run):
    codes = "post_id,codebook,label,value,coder\n2,resolution,deflect,1,ann\n9,resolution,deflect,1,ann\n"
    Path("codes.csv").write_text(codes, encoding="utf-8")
    words = ["measure", posts, *MAPPED, "--focus", "bakery", "--metric", "deflection_rate", "--codes", "codes.csv"]
    code, _, told = run(*words)
    assert code == 0
    assert "twoway: 1 of 2 coded posts match no post of the corpus ('9'). Their codes are left out." in told
    Path("codes.csv").write_text(codes.replace("resolution", "resolutionn"), encoding="utf-8")
    code, _, told = run(*words)
    assert code == 2
    assert "Did you mean 'resolution'?" in told
