"""`make bench`: every measurement, in one run."""

import asyncio

from benchmarks import sends

asyncio.run(sends.main())
