"""The frame around every command: errors become sentences and exit codes, never tracebacks.

Wrong options and arguments are said in the same four parts as anything else that is wrong with an input.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from simulator.base.errors import HepaticaError, InputError, Problem, RunFailed, input_error, nearest

FAILED, WRONG_INPUT, STOPPED = 1, 2, 130
DEBUG = "--debug"

UsageError = typer.BadParameter.__bases__[0]
"""What the parser raises for options and arguments that do not fit a command."""


class Door(TyperGroup):
    """The group of all commands."""

    def main(self, *unused: Any, args: Sequence[str] | None = None, **named: Any) -> Any:
        """Run a command line and leave with its exit code."""
        given = list(sys.argv[1:] if args is None else args)
        wanted = [word for word in given if word != DEBUG]
        is_alone = named.pop("standalone_mode", True)
        named["prog_name"] = named.get("prog_name") or "hepatica"
        run = super().main
        code = _guarded(
            lambda: run(args=wanted, standalone_mode=False, **named),
            told_usage=lambda error: usage_problem(error, self._name_of(wanted)),
            is_debug=wanted != given,
        )
        if is_alone:
            sys.exit(code)
        return code

    def _name_of(self, words: Sequence[str]) -> str:
        """Return the command that words ask for, as it is typed."""
        return " ".join(["hepatica", *[word for word in words if word in self.commands][:1]])

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command; a name that is none is refused with the nearest one."""
        command = super().get_command(ctx, cmd_name)
        if command is None and not ctx.resilient_parsing:
            right = nearest(cmd_name, self.commands)
            raise input_error("hepatica", "a command has to exist", repr(cmd_name), right)
        return command


def _guarded(action: Callable[[], Any], *, told_usage: Callable[[Exception], Problem], is_debug: bool) -> int:
    """Do something and return its exit code, having said what went wrong."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        with warnings.catch_warnings():
            if not is_debug:
                warnings.simplefilter("ignore")
            code = action()
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_output()
        return FAILED
    except Exception as error:
        if is_debug:
            traceback.print_exc()
        is_usage = isinstance(error, UsageError)
        sentences, code = _told(InputError(told_usage(error)) if is_usage else error)
        _complain(sentences)
        return code
    if code == STOPPED:
        _complain("Stopped before anything was finished; nothing was written.")
    return code if isinstance(code, int) else 0


def _let_go_of_output() -> None:
    """Keep Python from complaining, as it ends, that nobody reads its output."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(sentences: str) -> None:
    with contextlib.suppress(OSError):
        print(sentences, file=sys.stderr, flush=True)


def _told(error: Exception) -> tuple[str, int]:
    """Return what is said of an error, and the exit code."""
    if isinstance(error, InputError):
        return str(error), WRONG_INPUT
    if isinstance(error, RunFailed):
        return _sentence(f"The run failed: {error}"), FAILED
    if isinstance(error, HepaticaError):
        return str(error), STOPPED
    if isinstance(error, MemoryError):
        return "The run failed: the computer's memory is full; fewer people (--size) need less of it.", FAILED
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return _sentence(f"The disk or the system refused: {error.strerror or error}{where}"), FAILED
    first = (str(error).strip().splitlines() or [""])[0][:200]
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return (
        f"Something went wrong that should not have: {what}. "
        f"Please report it with your command; {DEBUG} shows where it happened.",
        FAILED,
    )


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def usage_problem(error: Any, command: str) -> Problem:
    """Return the problem with a command line that the parser refused.

    Parameters
    ----------
    error : what the parser raised.
    command : the command as typed, such as "hepatica run".
    """
    context = getattr(error, "ctx", None)
    kind, option = type(error).__name__, getattr(error, "option_name", None)
    listed = f"what '{command} --help' lists"
    if kind == "NoSuchOption" and context is not None:
        names = [name for part in context.command.get_params(context) for name in part.opts]
        right = nearest(str(option), [name for name in names if name.startswith("--")])
        return Problem(command, "an option has to exist", repr(option), right)
    if kind == "BadOptionUsage":
        takes_none = "does not take" in error.message
        rule = "an option stands alone" if takes_none else "an option has a value after it"
        given = f"{option} with a value" if takes_none else f"{option} and nothing after it"
        return Problem(command, rule, given, str(option) if takes_none else f"{option} VALUE")
    if kind == "MissingParameter":
        name = _name_of(error.param)
        return Problem(command, f"{name} has to be given", "nothing", f"'{command} {_usage(error.param)}'")
    message = error.format_message().rstrip(".")
    if "extra argument" in message:
        given = repr(message.partition(") (")[2].removesuffix(")"))
        return Problem(command, "a command takes only the arguments it knows", given, listed)
    return Problem(command, "a command line has to fit its command", message, listed)


def _name_of(parameter: Any) -> str:
    return str(parameter.opts[0]) if parameter.param_type_name == "option" else str(parameter.name).upper()


def _usage(parameter: Any) -> str:
    name = _name_of(parameter)
    return f"{name} VALUE" if parameter.param_type_name == "option" else name
