"""All benchmarks, one after the other."""

import asyncio

import structlog

from tests.benchmarks import bench_pipeline, bench_queries

if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    bench_queries.main()
    print()
    asyncio.run(bench_pipeline.main())
