{
    "name": "Sync Hub benchmarks: the hub",
    "summary": "For the benchmarks alone: transactions counted, and one job per record instead of the drain",
    "version": "1.0.0",
    "author": "Sync Hub contributors",
    "license": "LGPL-3",
    "depends": ["sync_hub", "hub_bench_plain"],
    "data": [],
    "installable": True,
}
