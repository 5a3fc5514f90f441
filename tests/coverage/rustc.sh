#!/bin/sh
# Stands in front of rustc for the members of the workspace while `run.sh` counts.
exec "$@" -C instrument-coverage
