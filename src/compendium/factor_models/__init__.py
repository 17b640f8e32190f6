"""Confirmatory factor models for one or several groups: one module an estimator."""
