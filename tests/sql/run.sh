#!/bin/sh
# Runs the queries of `llmcost sql` in real engines and compares what they give with llmcost's own.
#
#     tests/sql/run.sh [--quick] [PROGRAM]
#
# --quick takes what is installed without packages: SQLite and PostgreSQL. Otherwise also DuckDB, chdb,
# Apache Spark and sqlglot, each from PyPI into a virtual environment in a temporary folder, or in that
# of LLMCOST_SQL_VENV, which is kept. Everything that is started is stopped, and the temporary folder
# goes away. PROGRAM is target/release/llmcost unless given. Ends with 1 when anything differs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
quick=no
if [ "${1:-}" = --quick ]; then
    quick=yes
    shift
fi
program=${1:-$here/../../target/release/llmcost}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
python=python3
engines="sqlite postgres"
if [ "$quick" = no ]; then
    venv=${LLMCOST_SQL_VENV:-$work/venv}
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    python=$venv/bin/python
    # One by one: without a network, or a wheel for this machine, an engine is left out and told.
    for package in duckdb chdb pyspark sqlglot; do
        "$python" -c "import $package" 2>/dev/null ||
            "$python" -m pip install --quiet --disable-pip-version-check "$package" ||
            echo "left out   the package $package: pip cannot install it here"
    done
    engines="$engines duckdb clickhouse spark parsed"
fi
"$python" "$here/check.py" --llmcost "$program" --work "$work/run" $engines
