"""Events that have grown old: in Parquet files, beside the hot store that the engine works on.

An event stays hot as long as a condition in force can look back on it (`cio_lang.conditions.reach`)
and at least `hot_days`.  After that `move` writes it to a file of its month and of its person's
bucket, sorted by person, name and time, and takes it out of the hot store in the transaction that
makes the file known.  A file is never changed: who reads it has it whole, and a crash between
writing and knowing leaves a file that nobody reads and that the next run sweeps.

`location` is where files are (a folder, or a bucket that speaks S3), `files` writes and reads one,
`moving` moves, joins and throws away, `reading` answers over all tiers through DuckDB.
"""
