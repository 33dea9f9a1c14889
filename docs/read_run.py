"""Reads the energy of a run with h5py and pandas: python3 docs/read_run.py runs/NAME/run.h5"""
import sys

import h5py
import pandas

# These two lines are all it takes.
with h5py.File(sys.argv[1]) as run:
    energy = pandas.DataFrame(run["energy"][:])

# HDF5 holds texts as UTF-8 bytes.
for column in energy.select_dtypes(object):
    energy[column] = energy[column].str.decode("utf-8")

by_kind = energy.pivot_table("energy_pJ", ["machine", "batch"], "kind", aggfunc="sum", fill_value=0) * 1e-12
by_kind["total"] = by_kind.sum(axis=1)
print("Energy in joules by machine and kind\n", by_kind.to_string(), sep="")

largest = energy.sort_values("energy_pJ", ascending=False).head(5)
print("\nLargest lines\n", largest[["machine", "component", "action", "count", "energy_pJ"]].to_string(index=False), sep="")
