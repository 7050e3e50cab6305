"""The group of commands, and one line instead of a traceback for every mistake a user can make."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from ..errors import TwowayError
from ..versions import versions
from .coding import code_command, codebooks_command
from .results import describe_command, measure_command, report_command
from .shelf import metrics_command, sample_command
from .words import one_line

__all__ = ["main", "twoway"]

EXAMPLES = """\b
Examples:
  twoway describe town_square          what the collection holds, and what it cannot show
  twoway measure town_square           every metric of every account, as CSV
  twoway report town_square -o page/   one page to read and to send on
  twoway code town_square -o c.csv     what each post says, by stated rules, one label a row
  twoway metrics response_rate         what a metric means, and how it misleads

Each command has its own help: twoway measure --help."""

#: Exit codes: a mistake of the user's, stopped by the keyboard, the reader of our output went away.
MISTAKE, STOPPED, NO_READER = 2, 130, 141


def _print_version(context: click.Context, _parameter: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        click.echo(f"twoway {versions()['twoway']}")
        context.exit()


@click.group(
    "twoway",
    commands=[
        describe_command,
        measure_command,
        report_command,
        code_command,
        codebooks_command,
        metrics_command,
        sample_command,
    ],
    epilog=EXAMPLES,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
@click.pass_context
def twoway(context: click.Context) -> None:
    """Measure two-way interaction in social media.

    Do accounts talk with people, or at them?
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        Words after `twoway`; those of the process if left out.

    Returns
    -------
    int
        Exit code: 0; 2 after a mistake of the user's, told in one line; 130 when stopped by the keyboard.
    """
    try:
        code = twoway.main(args=arguments, prog_name="twoway", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "twoway"
        return _tell(f"{error.format_message()} See '{where} --help'.")
    except click.ClickException as error:
        return _tell(error.format_message())
    except TwowayError as error:
        return _tell(error)
    except (click.Abort, KeyboardInterrupt):
        return STOPPED
    except BrokenPipeError:
        # Nobody reads on, as after `| head`; Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_READER
    except OSError as error:
        return _tell(f"'{error.filename}' cannot be used: {error.strerror}. Name another place.")
    return code if isinstance(code, int) else 0


def _tell(error: object) -> int:
    click.echo(f"Error: {one_line(error)}", err=True)
    return MISTAKE
