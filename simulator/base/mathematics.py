"""Single-precision mathematics that the compiler can do for sixteen people at once.

The C library's functions cannot be vectorised across people, so exp, log and the normal quantile
are polynomials here. Multiply-adds are fused only where written (`fma`): nothing is left to the
compiler's taste, so every machine gives the same bits. Errors are below 3e-7 relative (exp, log)
and 2e-6 absolute within four standard deviations (normal quantile); tests measure them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulator.base.jit import IS_COMPILED, law

ZERO, HALF, ONE, TWO = (np.float32(number) for number in (0.0, 0.5, 1.0, 2.0))

_LOG2_E = np.float32(1.4426950408889634)
_LN2_HIGH = np.float32(0.693359375)
_LN2_LOW = np.float32(-2.12194440e-4)
_EXP_LOW, _EXP_HIGH = np.float32(-86.0), np.float32(87.0)
_E2, _E3, _E4, _E5, _E6 = (np.float32(1 / math.factorial(n)) for n in (2, 3, 4, 5, 6))

_SQRT2 = np.float32(math.sqrt(2))
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7, _L8 = (
    np.float32(c)
    for c in (
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    )
)  # fmt: skip
_EXPONENT_BIAS, _MANTISSA_MASK, _ONE_BITS, _MANTISSA_BITS = (
    np.int32(number) for number in (127, 0x7FFFFF, 0x3F800000, 23)
)

_CENTRAL_LIMIT, _CENTRAL_SHIFT, _TAIL_SHIFT = np.float32(5.0), np.float32(2.5), np.float32(3.0)
_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8 = (
    np.float32(c)
    for c in (
        2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
        -0.00125372503, -0.00417768164, 0.246640727, 1.50140941,
    )
)  # fmt: skip
_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8 = (
    np.float32(c)
    for c in (
        -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
        -0.0076224613, 0.00943887047, 1.00167406, 2.83297682,
    )
)  # fmt: skip

if IS_COMPILED:
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def bits_of(typing_context: Any, value: Any) -> Any:
        """Return the bits of a float32 as an int32."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], ir.IntType(32))

        return types.int32(types.float32), generate

    @intrinsic
    def float_of(typing_context: Any, value: Any) -> Any:
        """Return the float32 with the given int32 bits."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], ir.FloatType())

        return types.float32(types.int32), generate

    @intrinsic
    def nearest_integer(typing_context: Any, value: Any) -> Any:
        """Return the nearest whole number as a float32, ties to even."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            function = builder.module.declare_intrinsic("llvm.rint", [ir.FloatType()])
            return builder.call(function, arguments)

        return types.float32(types.float32), generate

    @intrinsic
    def sqrt(typing_context: Any, value: Any) -> Any:
        """Return the square root of a float32; NaN below 0."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            function = builder.module.declare_intrinsic("llvm.sqrt", [ir.FloatType()])
            return builder.call(function, arguments)

        return types.float32(types.float32), generate

    @intrinsic
    def fma(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
        """Return a * b + c rounded once."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.fma(*arguments)

        return types.float32(types.float32, types.float32, types.float32), generate

else:

    def bits_of(value: Any) -> Any:
        """Return the bits of a float32 as an int32."""
        return np.float32(value).view(np.int32)

    def float_of(value: Any) -> Any:
        """Return the float32 with the given int32 bits."""
        return np.int32(value).view(np.float32)

    def nearest_integer(value: Any) -> Any:
        """Return the nearest whole number as a float32, ties to even."""
        return np.rint(np.float32(value))

    def sqrt(value: Any) -> Any:
        """Return the square root of a float32; NaN below 0."""
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.float32(value))

    def fma(a: Any, b: Any, c: Any) -> Any:
        """Return a * b + c; the product is exact in double precision."""
        return np.float32(np.float64(a) * np.float64(b) + np.float64(c))


@law
def clip(x, low, high):
    """Return x kept within [low, high]."""
    return min(max(x, low), high)


@law
def select(condition, when_true, when_false):
    """Return one of two numbers; both are computed, so the compiler needs no branch."""
    return when_true if condition else when_false


@law
def exp(x):
    """Return e to the x for x in [-86, 87]; beyond, the value at the end of the range."""
    x = clip(x, _EXP_LOW, _EXP_HIGH)
    n = nearest_integer(x * _LOG2_E)
    r = fma(n, -_LN2_HIGH, x)
    r = fma(n, -_LN2_LOW, r)
    polynomial = fma(_E6, r, _E5)
    polynomial = fma(polynomial, r, _E4)
    polynomial = fma(polynomial, r, _E3)
    polynomial = fma(polynomial, r, _E2)
    polynomial = fma(polynomial, r, ONE)
    polynomial = fma(polynomial, r, ONE)
    exponent = np.int32(np.int32(np.int32(n) + _EXPONENT_BIAS) << _MANTISSA_BITS)
    return polynomial * float_of(exponent)


@law
def log(x):
    """Return the natural logarithm of a positive, normal x (Cephes polynomial)."""
    bits = bits_of(x)
    exponent = np.float32(np.int32(np.int32(bits >> _MANTISSA_BITS) - _EXPONENT_BIAS))
    mantissa = float_of(np.int32(np.int32(bits & _MANTISSA_MASK) | _ONE_BITS))
    is_large = mantissa > _SQRT2
    exponent = select(is_large, exponent + ONE, exponent)
    t = select(is_large, mantissa * HALF, mantissa) - ONE
    polynomial = fma(_L0, t, _L1)
    polynomial = fma(polynomial, t, _L2)
    polynomial = fma(polynomial, t, _L3)
    polynomial = fma(polynomial, t, _L4)
    polynomial = fma(polynomial, t, _L5)
    polynomial = fma(polynomial, t, _L6)
    polynomial = fma(polynomial, t, _L7)
    polynomial = fma(polynomial, t, _L8)
    square = t * t
    tail = fma(exponent, _LN2_LOW, polynomial * t * square)
    tail = fma(-HALF, square, tail)
    return fma(exponent, _LN2_HIGH, t + tail)


@law
def inverse(x):
    """Return 1 / x: worked out once where x is the same for everybody, and multiplying is cheap."""
    return ONE / x


@law
def logistic(x):
    """Return 1 / (1 + e^-x)."""
    return ONE / (ONE + exp(-x))


@law
def normal_quantile_of_lower_half(u):
    """Return the magnitude of the normal quantile of u, for u in (0, 0.5].

    Giles (2010), Approximating the erfinv function, single precision; w is formed from u(1 - u) so
    that small u keep their precision.
    """
    w = -log(TWO * TWO * u * (ONE - u))
    central = w - _CENTRAL_SHIFT
    c = fma(_C0, central, _C1)
    c = fma(c, central, _C2)
    c = fma(c, central, _C3)
    c = fma(c, central, _C4)
    c = fma(c, central, _C5)
    c = fma(c, central, _C6)
    c = fma(c, central, _C7)
    c = fma(c, central, _C8)
    outer = sqrt(w) - _TAIL_SHIFT
    t = fma(_T0, outer, _T1)
    t = fma(t, outer, _T2)
    t = fma(t, outer, _T3)
    t = fma(t, outer, _T4)
    t = fma(t, outer, _T5)
    t = fma(t, outer, _T6)
    t = fma(t, outer, _T7)
    t = fma(t, outer, _T8)
    return _SQRT2 * (ONE - TWO * u) * select(w < _CENTRAL_LIMIT, c, t)
