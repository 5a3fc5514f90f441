"""The engines: how each is started, given a table, asked, and stopped."""

import datetime
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
from decimal import Decimal

HERE = pathlib.Path(__file__).resolve().parent


def millis(text):
    """Milliseconds since 1970 of ISO text in UTC."""
    if text is None:
        return None
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    start = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (moment - start) // datetime.timedelta(milliseconds=1)


def times_hundred(text):
    return f"{Decimal(text) * 100:f}"


def doubled(name, mark):
    return mark + name.replace(mark, mark * 2) + mark


def ran(command, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False, **more)
    if done.returncode:
        complaint = (done.stderr or done.stdout).decode(errors="replace")
        raise RuntimeError(f"{command[0]}: {complaint[-2500:]}")
    return done.stdout


class Engine:
    """What the others have in common."""

    def __init__(self, name, work):
        self.name = self.dialect = name
        self.work = work

    def table_name(self, table):
        return table

    def stop(self):
        pass


class SQLite(Engine):
    """The command-line client over a file whose columns have no types."""

    def table_name(self, table):
        return '"it\'s a ""table"", is it; --"' if table == "calls" else table

    def run(self, shape, query, result):
        import sqlite3
        path = self.work / f"{query.stem}.db"
        path.unlink(missing_ok=True)
        table = 'it\'s a "table", is it; --' if shape.table == "calls" else shape.table
        with sqlite3.connect(path) as database:
            names = ", ".join(doubled(name, '"') for name in shape.columns)
            quoted = doubled(table, '"')
            database.execute(f"CREATE TABLE {quoted} ({names})")
            marks = ", ".join("?" for _ in shape.columns)
            database.executemany(f"INSERT INTO {quoted} VALUES ({marks})", shape.rows)
        database.close()
        with open(query, "rb") as text:
            output = ran(["sqlite3", "-csv", "-header", path], stdin=text)
        result.write_bytes(output)


class PostgreSQL(Engine):
    """A cluster of its own, on a socket in the folder of work, by a user who is not root."""

    KINDS = {"time": "timestamptz", "text": "text", "whole": "bigint", "money": "numeric"}

    def __init__(self, name, work):
        super().__init__(name, work)
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        self.programs = found[-1].parent if found else pathlib.Path(shutil.which("initdb")).parent
        # Sockets have short names, and root may not run a server.
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="llmcost-sql-"))
        self.as_user = []
        if os.geteuid() == 0:
            self.as_user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(self.home, "postgres")
        data = self.home / "data"
        try:
            ran([*self.as_user, self.programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres",
                 "--encoding", "UTF8", "--locale", "C.UTF-8"], cwd="/")
            # A zone that is not UTC shows whether the query leans on that of the session.
            options = (f"-k {self.home} -c listen_addresses='' -c fsync=off "
                       "-c timezone=Asia/Kolkata")
            ran([*self.as_user, self.programs / "pg_ctl", "-D", data, "-w", "-o", options,
                 "-l", self.home / "log", "start"], cwd="/")
        except RuntimeError:
            self.stop()
            raise

    def table_name(self, table):
        return '"a ""schema"""."; drop table x"' if table == "calls" else table

    def psql(self, *arguments, **more):
        return ran(["psql", "--quiet", "--no-psqlrc", "-h", self.home, "-U", "postgres",
                    "-v", "ON_ERROR_STOP=1", *arguments, "postgres"], **more)

    def run(self, shape, query, result):
        table = shape.table
        if table == "calls":
            self.psql("-c", 'CREATE SCHEMA "a ""schema"""')
            table = '"a ""schema"""."; drop table x"'
        columns = ", ".join(f'{doubled(name, chr(34))} {self.KINDS[kind]}'
                            for name, kind in shape.columns.items())
        self.psql("-c", f"CREATE TABLE {table} ({columns})")
        lines = "".join("\t".join(self.cell(value) for value in row) + "\n" for row in shape.rows)
        self.psql("-c", f"COPY {table} FROM STDIN", input=lines.encode())
        result.write_bytes(self.psql("--csv", "--file", query))

    @staticmethod
    def cell(value):
        if value is None:
            return "\\N"
        return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")

    def stop(self):
        data = self.home / "data"
        if data.exists():
            subprocess.run([*self.as_user, str(self.programs / "pg_ctl"), "-D", str(data), "-m",
                            "immediate", "stop"], capture_output=True, check=False, cwd="/")
        shutil.rmtree(self.home, ignore_errors=True)


class DuckDB(Engine):
    """The package from PyPI, in this process."""

    KINDS = {"time": "TIMESTAMPTZ", "text": "VARCHAR", "whole": "BIGINT", "money": "DECIMAL(38, 18)"}

    def table_name(self, table):
        return 'main."x""; --"' if table == "calls" else table

    def run(self, shape, query, result):
        import duckdb
        database = duckdb.connect()
        database.execute("SET TimeZone = 'Asia/Kolkata'")
        table = '"x""; --"' if shape.table == "calls" else shape.table
        columns = ", ".join(f'{doubled(name, chr(34))} {self.KINDS[kind]}'
                            for name, kind in shape.columns.items())
        database.execute(f"CREATE TABLE {table} ({columns})")
        lines = self.work / "duckdb-rows.jsonl"
        write_jsonl(lines, shape)
        spec = ", ".join(f"{quoted(name)}: {quoted(self.KINDS[kind])}"
                         for name, kind in shape.columns.items())
        database.execute(f"INSERT INTO {table} SELECT * FROM read_json({quoted(str(lines))}, "
                         f"columns = {{{spec}}}, format = 'newline_delimited')")
        text = query.read_text(encoding="utf-8").rstrip().rstrip(";")
        database.execute(f"COPY ({text}) TO {quoted(str(result))} (HEADER, FORMAT CSV)")
        database.close()


class ClickHouse(Engine):
    """The embedded engine from PyPI (chdb), in this process."""

    KINDS = {"time": "Nullable(DateTime64(6, 'UTC'))", "text": "Nullable(String)",
             "whole": "Nullable(UInt64)", "money": "Nullable(Decimal(38, 18))"}

    def __init__(self, name, work):
        super().__init__(name, work)
        from chdb import session
        self.session = session.Session(str(work / "clickhouse"))
        self.session.query("CREATE DATABASE IF NOT EXISTS logs ENGINE = Atomic")

    def table_name(self, table):
        return "logs.`back\\slash and ``tick``; --`" if table == "calls" else f"logs.{table}"

    def run(self, shape, query, result):
        table = ("logs.`back\\\\slash and \\`tick\\`; --`" if shape.table == "calls"
                 else f"logs.{shape.table}")
        # Counts below zero do not fit what logs of ClickHouse usually have.
        negative = any(isinstance(value, int) and value < 0 for row in shape.rows for value in row)
        kinds = {**self.KINDS, **({"whole": "Nullable(Int64)"} if negative else {})}
        columns = ", ".join(f"`{name}` {kinds[kind]}" for name, kind in shape.columns.items())
        self.session.query(f"DROP TABLE IF EXISTS {table}")
        self.session.query(f"CREATE TABLE {table} ({columns}) ENGINE = MergeTree ORDER BY tuple()")
        lines = self.work / "clickhouse-rows.jsonl"
        write_jsonl(lines, shape)
        self.session.query(f"INSERT INTO {table} SELECT * FROM file({quoted(str(lines))}, "
                           f"'JSONEachRow', {quoted(columns)}) "
                           "SETTINGS date_time_input_format = 'best_effort'")
        text = query.read_text(encoding="utf-8")
        result.write_bytes(self.session.query(text, "CSVWithNames").bytes())

    def stop(self):
        self.session.close()


class Spark(Engine):
    """A standalone master and two workers on the loopback, over Parquet in two partitions."""

    KINDS = {"time": "TIMESTAMP", "text": "STRING", "whole": "BIGINT", "money": "DECIMAL(38, 18)"}

    def __init__(self, name, work):
        super().__init__(name, work)
        import pyspark
        home = pathlib.Path(pyspark.__file__).parent
        environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1",
                       "SPARK_WORKER_DIR": str(work / "spark-work")}
        self.running = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.master = f"spark://127.0.0.1:{port}"

        def start(what, *arguments):
            log = open(work / f"spark-{len(self.running)}.log", "wb")
            command = [home / "bin/spark-class", f"org.apache.spark.deploy.{what}", *arguments]
            self.running.append(subprocess.Popen([str(part) for part in command], env=environment,
                                                 stdout=log, stderr=log, start_new_session=True))

        start("master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        time.sleep(6)
        for _ in range(2):
            start("worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1",
                  "--memory", "1g", self.master)
        os.environ.update({key: environment[key] for key in ("SPARK_HOME", "SPARK_LOCAL_IP")})
        from pyspark.sql import SparkSession
        try:
            self.session = (
                SparkSession.builder.master(self.master).appName("llmcost sql")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.executor.memory", "800m").config("spark.ui.enabled", "false")
                .config("spark.sql.session.timeZone", "Asia/Kolkata")
                .config("spark.sql.shuffle.partitions", "4")
                .config("spark.sql.warehouse.dir", str(work / "spark-warehouse"))
                .config("spark.cores.max", "2").getOrCreate())
            self.session.sparkContext.setLogLevel("ERROR")
        except Exception:
            self.stop()
            raise

    def run(self, shape, query, result):
        lines = self.work / "spark-rows.jsonl"
        write_jsonl(lines, shape)
        columns = ", ".join(f"`{name}` {self.KINDS[kind]}" for name, kind in shape.columns.items())
        log = self.session.read.schema(columns).json(str(lines))
        folder = str(self.work / f"{query.stem}.parquet")
        # Snappy, the default, needs a native library that not every C library can load.
        log.repartition(2).write.mode("overwrite").parquet(folder, compression="gzip")
        stored = self.session.read.parquet(folder)
        parts = len([name for name in os.listdir(folder) if name.endswith(".parquet")])
        if parts != 2:
            raise RuntimeError(f"the log has {parts} partitions, not two")
        stored.createOrReplaceTempView(shape.table)
        text = query.read_text(encoding="utf-8").rstrip().rstrip(";")
        import csv
        answer = self.session.sql(text)
        rows = answer.collect()
        workers = self.session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
        if workers < 2:
            raise RuntimeError(f"{workers} workers took part, not two")
        with open(result, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(answer.columns)
            writer.writerows([["" if value is None else value for value in row] for row in rows])

    def stop(self):
        if hasattr(self, "session"):
            self.session.stop()
        for process in reversed(self.running):
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


# Engines that cannot be run here, each with names that want quoting.
PARSED = {"bigquery": "my-project.logs.llm_calls", "snowflake": 'prod.logs."a ""b""; --"',
          "trino": 'hive.logs."a ""b""; --"', "spark": "logs.`a ``b``; --`"}


def parse(dialect, query):
    """Parses a query with sqlglot; what is wrong with it, in words."""
    import sqlglot
    from sqlglot import expressions
    text = query.read_text(encoding="utf-8")
    try:
        statements = sqlglot.parse(text, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    except sqlglot.errors.SqlglotError as error:
        return [str(error)[:500]]
    statements = [statement for statement in statements if statement is not None]
    if len(statements) != 1 or not isinstance(statements[0], expressions.Query):
        return [f"it is {len(statements)} statements, not one query"]
    steps = {step.alias for step in statements[0].find_all(expressions.CTE)}
    tables = {table.name for table in statements[0].find_all(expressions.Table)} - steps
    commands = list(statements[0].find_all(expressions.Command, expressions.Anonymous))
    odd = [command.name for command in commands if isinstance(command, expressions.Command)]
    told = [f"it was not understood: {name}" for name in odd]
    return told + ([] if len(tables) == 1 else [f"it reads {sorted(tables)}, not one table"])


def write_jsonl(path, shape):
    with open(path, "w", encoding="utf-8") as out:
        for row in shape.rows:
            out.write(json.dumps(dict(zip(shape.columns, row)), ensure_ascii=False) + "\n")


def quoted(text):
    return doubled(text, "'") if "\\" not in text else "'" + text.replace(
        "\\", "\\\\").replace("'", "\\'") + "'"


ENGINES = {"sqlite": SQLite, "postgres": PostgreSQL, "duckdb": DuckDB, "clickhouse": ClickHouse,
           "spark": Spark}


def find(name, work):
    """The engine of a name, or why there is none."""
    if name == "sqlite" and not shutil.which("sqlite3"):
        return None, "the sqlite3 client is not installed"
    if name == "postgres":
        servers = list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not shutil.which("psql") or not (servers or shutil.which("initdb")):
            return None, "PostgreSQL's server and psql are not both installed"
    if name == "spark" and not shutil.which("java"):
        return None, "there is no Java"
    try:
        return ENGINES[name](name, work), ""
    except ImportError as error:
        return None, f"its package is not installed ({error})"
