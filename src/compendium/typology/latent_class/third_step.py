"""Third step: the estimating functions of outcomes and covariates under classification error, and their solutions."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp, softmax

from ..coding import Floats
from .assigned import Records

_STEPS = 5_000
_STEPS_OF_SHARES = 100_000
_SMALL = 1e-8
_LARGEST = 30.0  # log odds (of a standard deviation) beyond which there is no finite estimate


class Estimated(NamedTuple):
    """A solution.

    Attributes
    ----------
    parameters : numpy.ndarray
        What solves the estimating equations.
    records : callable
        The estimating functions.
    values : numpy.ndarray
        Classes x categories: means or shares.
    jacobian : numpy.ndarray
        Derivatives of the values by the parameters.
    """

    parameters: Floats
    records: Records
    values: Floats
    jacobian: Floats


def fit_outcome(values: Floats, held: Floats, error: Floats, is_share: bool, by_likelihood: bool) -> Estimated:
    """Estimate by class; ``values`` persons x categories (or one quantity), ``held`` persons x assigned class."""
    if not by_likelihood:
        return _weighted(values, held, error)
    return _free(values, held, error) if is_share else _normal(values[:, 0], held, error)


def fit_covariates(design: Floats, held: Floats, error: Floats, order: list[int]) -> Floats | None:
    """Maximise the likelihood of the multinomial logit; ``None`` where it has no finite maximum."""
    records = covariate_records(design, order)
    classes = len(order)
    terms = design.shape[1]
    scale = np.maximum(design.std(axis=0), _SMALL)
    scale[0] = 1.0
    beta = np.zeros((classes - 1, terms))

    def value(b: Floats) -> float:
        return float((held * np.log(_prior(design, b, order) @ error)).sum())

    now = value(beta)
    for _ in range(200):
        gradient = np.einsum("nt,ntb->b", held, records(beta.ravel(), error))
        step = np.linalg.solve(_complete(design, held, beta, order), gradient)
        newton = _newton(design, held, error, beta, order, gradient)
        moved, after = _best(value, beta, [newton, step], now)
        if after - now < 1e-12 * (1 + abs(now)):
            return moved if np.abs(moved * scale).max() < _LARGEST else None
        beta, now = moved, after
        if np.abs(beta * scale).max() > _LARGEST:
            return None
    return None


def covariate_records(design: Floats, order: list[int]) -> Records:
    """Return the scores of the multinomial logit for each class assigned."""

    def records(parameters: Floats, error: Floats) -> Floats:
        prior = _prior(design, parameters.reshape(len(order) - 1, -1), order)
        joint = prior[:, None, :] * error.T
        posterior = joint / joint.sum(axis=2, keepdims=True)
        left = (posterior - prior[:, None, :])[:, :, order[1:]]
        return np.asarray((left[:, :, :, None] * design[:, None, None, :]).reshape(*left.shape[:2], -1))

    return records


def _prior(design: Floats, beta: Floats, order: list[int]) -> Floats:
    logits = np.zeros((len(design), len(order)))
    logits[:, order[1:]] = design @ beta.T
    return np.asarray(softmax(logits, axis=1))


def _complete(design: Floats, held: Floats, beta: Floats, order: list[int]) -> Floats:
    """Return the information that known classes would give."""
    prior = _prior(design, beta, order)[:, order[1:]]
    weight = held.sum(axis=1)
    inner = np.einsum("nk,kl->nkl", prior, np.eye(prior.shape[1])) - prior[:, :, None] * prior[:, None, :]
    whole = np.einsum("n,nkl,ni,nj->kilj", weight, inner, design, design, optimize=True)
    size = beta.size
    return np.asarray(whole.reshape(size, size) + 1e-12 * np.eye(size))


def _newton(
    design: Floats, held: Floats, error: Floats, beta: Floats, order: list[int], gradient: Floats
) -> Floats | None:
    """Return Newton's step with the observed information, where that is positive."""
    prior = _prior(design, beta, order)
    joint = prior[:, None, :] * error.T
    after = (joint / joint.sum(axis=2, keepdims=True))[:, :, order[1:]]
    spread = np.einsum("nt,ntk,kl->nkl", held, after, np.eye(after.shape[2]))
    spread -= np.einsum("nt,ntk,ntl->nkl", held, after, after, optimize=True)
    size = beta.size
    missing = np.einsum("nkl,ni,nj->kilj", spread, design, design, optimize=True).reshape(size, size)
    observed = _complete(design, held, beta, order) - missing
    if np.linalg.eigvalsh(observed)[0] <= 0:
        return None
    return np.asarray(np.linalg.solve(observed, gradient))


def _best(
    value: Callable[[Floats], float], beta: Floats, steps: list[Floats | None], now: float
) -> tuple[Floats, float]:
    for step in steps:
        if step is None:
            continue
        for half in (1.0, 0.5, 0.25, 0.1, 0.01):
            moved = beta + half * step.reshape(beta.shape)
            after = value(moved)
            if after > now:
                return moved, after
    return beta, now


def _weighted(values: Floats, held: Floats, error: Floats) -> Estimated:
    """Means under the weights a D^-1 (BCH; D the identity: uncorrected)."""
    weights = held @ np.linalg.inv(error)
    means = (weights.T @ values) / weights.sum(axis=0)[:, None]

    def records(parameters: Floats, error: Floats) -> Floats:
        left = values[:, None, :] - parameters.reshape(means.shape)  # persons x classes x categories
        return np.asarray(np.einsum("tc,ncj->ntcj", np.linalg.inv(error), left).reshape(len(values), len(error), -1))

    return Estimated(means.ravel(), records, means, np.eye(means.size))


def _free(values: Floats, held: Floats, error: Floats) -> Estimated:
    """Joint probabilities of class and category by maximum likelihood, those at nought fixed."""
    seen = held.T @ values  # assigned class x category
    total = seen.sum()
    direct = np.linalg.inv(error).T @ seen / total
    joint = direct if (direct > 0).all() else _climb(seen / total, error)
    free = np.flatnonzero(joint.ravel() > _SMALL)

    def records(parameters: Floats, error: Floats) -> Floats:
        whole = np.zeros(joint.size)
        whole[free] = parameters
        expected = error.T @ whole.reshape(joint.shape)
        slope = np.einsum("nj,tj,ct->ntcj", values, 1 / expected, error)
        return np.asarray((slope - 1).reshape(len(values), len(error), -1)[:, :, free])

    sums = joint.sum(axis=1, keepdims=True)
    shares = joint / sums
    jacobian = np.zeros((joint.shape[0], joint.shape[1], *joint.shape))
    for one in range(len(joint)):
        jacobian[one, :, one, :] = (np.eye(joint.shape[1]) - shares[one][:, None]) / sums[one]
    return Estimated(joint.ravel()[free], records, shares, jacobian.reshape(joint.size, joint.size)[:, free])


def _climb(seen: Floats, error: Floats) -> Floats:
    joint = np.outer(np.full(len(error), 1 / len(error)), seen.sum(axis=0))
    for _ in range(_STEPS_OF_SHARES):
        expected = error.T @ joint
        after = joint * (error @ np.divide(seen, expected, out=np.zeros_like(seen), where=expected > 0))
        moved = np.abs(after - joint).max()
        joint = after
        if moved < 1e-13:
            break
    joint[joint < _SMALL] = 0
    return np.asarray(joint / joint.sum())


def _normal(y: Floats, held: Floats, error: Floats) -> Estimated:
    """Means and standard deviations by class, by expectation and maximisation."""
    classes = len(error)
    shares, centre, scale = np.full(classes, 1 / classes), float(y.mean()), float(y.std()) or 1.0
    z = (y - centre) / scale
    means, sds = _weighted(z[:, None], held, error).values[:, 0], np.ones(classes)

    def log_joint(shares: Floats, means: Floats, sds: Floats, error: Floats) -> Floats:
        normal = np.log(shares) - np.log(sds) - 0.5 * ((z[:, None] - means) / sds) ** 2
        return np.asarray(normal[:, None, :] + np.log(np.maximum(error.T, 1e-15)))

    last = -np.inf
    for _ in range(_STEPS):
        logs = log_joint(shares, means, sds, error)
        whole = logsumexp(logs, axis=2, keepdims=True)
        now = float((held * whole[:, :, 0]).sum())
        belongs = np.einsum("nt,ntc->nc", held, np.exp(logs - whole))
        shares = belongs.sum(axis=0) / belongs.sum()
        means = belongs.T @ z / belongs.sum(axis=0)
        sds = np.sqrt(np.maximum((belongs * (z[:, None] - means) ** 2).sum(axis=0) / belongs.sum(axis=0), 1e-6))
        if now - last < 1e-13 * (1 + abs(now)):
            break
        last = now

    def records(parameters: Floats, error: Floats) -> Floats:
        logits, means, spreads = np.split(parameters, [classes - 1, 2 * classes - 1])
        shares, sds = softmax(np.concatenate([[0.0], logits])), np.exp(spreads)
        logs = log_joint(shares, means, sds, error)
        belongs = np.exp(logs - logsumexp(logs, axis=2, keepdims=True))
        left = (z[:, None] - means) / sds
        return np.concatenate(
            [
                (belongs - shares)[:, :, 1:],
                belongs * (left / sds)[:, None, :],
                belongs * (left**2 - 1)[:, None, :],
            ],
            axis=2,
        )

    jacobian = np.zeros((classes, 3 * classes - 1))
    jacobian[:, classes - 1 : 2 * classes - 1] = scale * np.eye(classes)
    parameters = np.concatenate([np.log(shares[1:] / shares[0]), means, np.log(sds)])
    return Estimated(parameters, records, (centre + scale * means)[:, None], jacobian)
