"""`hepatica bench`: how fast the engine is on this machine, and beside the same month in Mesa."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import options
from simulator.cli.options import Numbers
from simulator.cli.voice import Voice, columns, put, put_json

if TYPE_CHECKING:
    from simulator.speed.month import Size

MOST_PEOPLE = 1_000_000
QUICK = {"people": 4_096, "years": 5, "repeats": 1, "mesa_people": 200, "checked_people": 200,
         "checked_months": 12, "grown_people": 768}  # fmt: skip
"""What is timed with --quick: a few seconds, for a first idea."""

BUSY = 0.3
"""Load a core beyond which the numbers say more about the company than about the engine."""

People = Annotated[
    str | None, typer.Option(metavar="N", help="People who live in the engine.", show_default="65,536")
]
Years = Annotated[str | None, typer.Option(metavar="N", help="Years they live.", show_default="20")]
Threads = Annotated[
    str | None, typer.Option(metavar="N", help="Threads beside one; one a core when left out.")
]
Quick = Annotated[
    bool, typer.Option("--quick", help="Fewer people and repeats, and no compiling: a first idea.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result for programs, with the machine described.")
]


def bench(
    people: People = None,
    years: Years = None,
    threads: Threads = None,
    quick: Quick = False,
    as_json: AsJson = False,
) -> None:
    """Time the engine: a patient-month on one and on all cores, starting up, and the month in Mesa.

    The Mesa version is the same laws in plain Python, one object a patient; before anything is timed
    it must lead people to the engine's numbers. Processor time on one core, wall time on several.
    """
    numbers = Numbers()
    asked = {
        "people": numbers.whole("--people", people, 1, MOST_PEOPLE, "people"),
        "years": numbers.whole("--years", years, 1, options.LONGEST_YEARS, "years"),
        "threads": numbers.whole("--threads", threads, 1, options.MOST_THREADS, "threads"),
    }
    numbers.check()
    from simulator.speed.machine import load_per_core, stored
    from simulator.speed.month import Size

    size = Size(**{**(QUICK if quick else {}), **{name: n for name, n in asked.items() if n is not None}})
    load = load_per_core()
    with Voice() as voice:
        figures = _measured(size, quick, voice)
        if load is not None and load > BUSY:
            voice.say(f"The machine was busy before this began (load {load:g} a core): take times as rough.")
    title = f"Hepatica, {counted(size.people, 'person', 'people')}, {counted(size.years, 'year', 'years')}"
    result = {**stored(title, figures), "load_per_core": load}
    if as_json:
        put_json(result)
    else:
        _tell(result)


def _measured(size: Size, quick: bool, voice: Voice) -> dict[str, float]:
    """Return every figure: the month, then whole processes."""
    from simulator.analysis.work import Watch
    from simulator.speed.month import Race
    from simulator.speed.starting import n_processes, start_up

    race = Race(size, Watch(voice.progress, voice.say))
    voice.progress("Checking that Mesa does the same work", 0, 1)
    race.check()
    figures = race.figures(race.timed(_counter(voice, "Timing the month", size.n_timings)))
    compiles, repeats = not quick, min(size.repeats, 3)
    n = n_processes(repeats, compiles)
    return figures | start_up(repeats, compiles, _counter(voice, "Timing whole processes", n))


def _counter(voice: Voice, stage: str, total: int) -> Any:
    """Return what is called after each of `total` pieces of work, and shows how far it is."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        voice.progress(stage, done, total)

    voice.progress(stage, 0, total)
    return tick


def _tell(result: dict[str, Any]) -> None:
    machine = result["machine"]
    caches = ", ".join(f"{name} {size}" for name, size in machine["caches"].items())
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    put(result["title"])
    put()
    for line in columns([(name, _rounded(number)) for name, number in result["figures"].items()], "  "):
        put(line)
    put()
    cores = counted(machine["cores"], "core", "cores")
    put(", ".join(filter(None, [machine["processor"], cores, caches])))
    put(f"Vectors: {', '.join(machine['simd']) or 'not known'}. Python {machine['python']}, {versions}.")


def counted(n: int, one: str, more: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "year", "years"), counted(2_000, "person", "people")
    ('1 year', '2,000 people')
    """
    return f"{n:,} {one if n == 1 else more}"


def _rounded(number: float) -> str:
    """Return a number with three digits that count.

    >>> _rounded(0.28412), _rounded(21_734.2), _rounded(404)
    ('0.284', '21,700', '404')
    """
    whole = float(f"{number:.3g}")
    return f"{whole:,.0f}" if whole >= 100 else f"{whole:.3g}"
