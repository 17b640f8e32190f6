"""Start a Dask scheduler whose workers are jobs of SLURM, and print its address.

    uv run --group cluster --with dask-jobqueue python packaging/cluster/slurm.py --workers 8 --queue normal

Leave it running; on the same machine: make reproduce CLUSTER=<the address it printed>. Jobs start in this folder, which must lie
on a disk that all nodes see under the same path. ``--script`` prints the job that is submitted and submits nothing.
"""

import argparse
import signal

from dask_jobqueue import SLURMCluster


def main() -> None:
    """Read the options, ask for the jobs, and wait."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=4, help="jobs of one thread each")
    parser.add_argument("--memory", default="4GB", help="of each job")
    parser.add_argument("--time", default="02:00:00", help="longest time of a job")
    parser.add_argument("--queue", default=None, help="partition")
    parser.add_argument("--interface", default=None, help="network interface that nodes reach each other by, such as ib0")
    parser.add_argument("--script", action="store_true", help="print the job and submit nothing")
    given = parser.parse_args()
    cluster = SLURMCluster(
        cores=1,
        processes=1,
        memory=given.memory,
        walltime=given.time,
        queue=given.queue,
        interface=given.interface,
        scheduler_options={"dashboard_address": None},
    )
    if given.script:
        print(cluster.job_script())
        return
    cluster.scale(jobs=given.workers)
    print(cluster.scheduler_address, flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
