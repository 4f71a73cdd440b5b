"""What the targets leave open about the free parameters: a local linear model and the normal it implies.

Around the best attempt every residual is taken as linear in the standard normals z of the priors. With
slopes J and weights W the posterior of z has the precision J' W J + I: what the targets say, and the
prior. Two corrections keep it honest. Slopes are estimated, and their squares are too large by their
variance, which is taken off again. And where squares of residuals exceed what published errors
explain, the errors are taken to be too small by that much (the excess of `misfit.Yardstick`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.validation.misfit import Yardstick, leverage

LEAST_RIDGE = 1e-9


@dataclass(frozen=True)
class LocalModel:
    """Residuals as linear functions of the parameters around a centre.

    Attributes
    ----------
    centre : standard normals, (parameters,).
    residuals : at the centre, (targets,).
    slopes : change of each residual per prior standard deviation, (targets, parameters).
    noise : variance of what the lines do not explain, (targets,).
    spread : covariance of the slopes of a target whose noise is 1, (parameters, parameters).
    """

    centre: np.ndarray
    residuals: np.ndarray
    slopes: np.ndarray
    noise: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True)
class Normal:
    """A posterior.

    Attributes
    ----------
    mean : standard normals of the priors, (parameters,).
    covariance : (parameters, parameters); the prior is the identity.
    told : what each target tells of each parameter, (targets, parameters): its part of the diagonal of
        the information, on the scale where the prior is 1.
    excess : by which squares of residuals exceed what published errors explain.
    """

    mean: np.ndarray
    covariance: np.ndarray
    told: np.ndarray
    excess: float

    @property
    def sd(self) -> np.ndarray:
        """Standard deviation in prior standard deviations."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def correlations(self) -> np.ndarray:
        """Correlations of the parameters."""
        return self.covariance / np.outer(self.sd, self.sd)

    def draws(self, count: int, seed: int) -> np.ndarray:
        """Return draws, (count, parameters)."""
        # the square root by eigenvectors does not depend on the order in which parameters are listed
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
        return self.mean + np.random.default_rng(seed).standard_normal((count, len(self.mean))) @ root


def fit_locally(z: np.ndarray, residuals: np.ndarray, centre: np.ndarray) -> LocalModel:
    """Return the lines that fit attempts best around a centre, near attempts counting most.

    Parameters
    ----------
    z : of the attempts, (attempts, parameters).
    residuals : of the attempts, (attempts, targets).
    centre : where the lines are wanted.
    """
    away = z - centre
    distance = (away**2).sum(axis=1)
    kernel = np.exp(-0.5 * distance / (np.median(distance) or 1.0))
    rows = np.column_stack([np.ones(len(z)), away])
    weighed = rows * kernel[:, None]
    normal = rows.T @ weighed
    inverse = np.linalg.inv(normal + LEAST_RIDGE * np.trace(normal) * np.eye(len(normal)))
    lines = inverse @ weighed.T @ residuals
    scatter = inverse @ (weighed.T @ weighed) @ inverse
    free = kernel.sum() - np.trace(inverse @ (weighed.T @ weighed))
    left = kernel @ (residuals - rows @ lines) ** 2
    noise = left / max(float(free), 1.0)
    return LocalModel(centre, lines[0], lines[1:].T, noise, scatter[1:, 1:])


def _information(model: LocalModel, weights: np.ndarray) -> np.ndarray:
    """Return J' W J less what the error of the slopes adds to it, never negative in any direction."""
    raw = (model.slopes.T * weights) @ model.slopes - float(weights @ model.noise) * model.spread
    values, vectors = np.linalg.eigh((raw + raw.T) / 2)
    return np.asarray(vectors * np.maximum(values, 0.0) @ vectors.T)


def step_towards_best(model: LocalModel, measured: Yardstick) -> np.ndarray:
    """Return the change of z from the centre to where the local model has its least loss."""
    weights = measured.weights * leverage(model.residuals)
    pull = model.slopes.T @ (weights * model.residuals) + model.centre
    return -np.linalg.solve(_information(model, weights) + np.eye(len(model.centre)), pull)


def posterior(model: LocalModel, measured: Yardstick) -> Normal:
    """Return the posterior whose mean is the centre of the local model."""
    excess = measured.excess(model.residuals)
    weights = measured.weights * leverage(model.residuals) / excess
    precision = _information(model, weights) + np.eye(len(model.centre))
    squares = np.maximum(model.slopes**2 - np.outer(model.noise, np.diag(model.spread)), 0.0)
    return Normal(model.centre, np.linalg.inv(precision), weights[:, None] * squares, excess)
