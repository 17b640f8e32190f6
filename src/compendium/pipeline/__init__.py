"""Run the study: graph, kernels, tasks and what is written about a run."""
