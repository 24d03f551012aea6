"""`make bench`: every measurement, in one run."""

import asyncio

import uvloop

from benchmarks import bank_files, curve, ledger, sends

with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(ledger.main())
    runner.run(curve.main())
asyncio.run(sends.main())
bank_files.main()
