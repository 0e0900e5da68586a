{
    "name": "Sync Hub: points to stop a drain at",
    "summary": "For the fault tests alone: a test holds an advisory lock, the drain waits for it",
    "version": "1.0.0",
    "author": "Sync Hub contributors",
    "license": "LGPL-3",
    "depends": ["sync_hub"],
    "data": [],
    "installable": True,
}
