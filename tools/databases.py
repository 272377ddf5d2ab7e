#!/usr/bin/env python3
"""Run a command with a throw-away PostgreSQL and MariaDB server.

``tools/databases.py pytest python/tests/ext`` starts both servers with empty data directories, sets
``FLUORO_TEST_POSTGRES_DSN`` and ``FLUORO_TEST_MYSQL_DSN``, runs the command, and ends the servers with it.
The servers listen on free loopback ports only, and never run as root: started by root, they become ``nobody``.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HOST = "127.0.0.1"
USER = DATABASE = "fluoro"
PASSWORD = "swordfish"  # of servers that live for one test run; tests look for it where it must not appear
UNPRIVILEGED = "nobody"
SETUP_SECONDS = 120
SHUTDOWN_SECONDS = 20


class ServerFailed(Exception):
    """A server could not be set up; the message holds the end of its log."""


@contextlib.contextmanager
def running():
    """Start both servers, yield the environment that tells the tests where they are, and end them."""
    with tempfile.TemporaryDirectory(prefix="fluoro-databases-") as name, contextlib.ExitStack() as servers:
        directory = pathlib.Path(name)
        give_away(directory)
        yield {
            "FLUORO_TEST_POSTGRES_DSN": start_postgres(directory, servers),
            "FLUORO_TEST_MYSQL_DSN": start_mariadb(directory, servers),
        }


def start_postgres(directory, servers):
    """Start PostgreSQL and return its DSN."""
    programs, data, port = postgres_directory(), directory / "postgres", free_port()
    password_file = directory / "password"
    password_file.write_text(PASSWORD)
    give_away(password_file)
    options = ["--username", USER, "--pwfile", password_file, "--auth", "scram-sha-256"]
    options += ["--encoding", "UTF8", "--locale", "C", "--no-sync"]
    run_setup([programs / "initdb", "--pgdata", data, *options])

    command = [programs / "postgres", "-D", data]
    settings = {"listen_addresses": HOST, "port": port, "unix_socket_directories": directory, "fsync": "off"}
    for setting, value in settings.items():
        command += ["-c", f"{setting}={value}"]
    # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
    server = start_server(command, servers, signal.SIGINT)
    query = [programs / "psql", "-h", HOST, "-p", str(port), "-U", USER, "-d", "postgres", "-c"]
    wait_until_answers([*query, "SELECT 1"], server)
    run_setup([*query, f"CREATE DATABASE {DATABASE}"])
    return f"postgresql://{USER}:{PASSWORD}@{HOST}:{port}/{DATABASE}"


def start_mariadb(directory, servers):
    """Start MariaDB and return its DSN."""
    data, unix_socket, port = directory / "mariadb", directory / "mariadb.sock", free_port()
    options = ["--no-defaults", f"--datadir={data}"]
    run_setup([find("mariadb-install-db"), *options, "--auth-root-authentication-method=normal", "--skip-test-db"])

    options += [f"--socket={unix_socket}", f"--pid-file={directory / 'mariadb.pid'}"]
    options += [f"--bind-address={HOST}", f"--port={port}", "--innodb-flush-log-at-trx-commit=0"]
    server = start_server([find("mariadbd"), *options, "--character-set-server=utf8mb4"], servers, signal.SIGTERM)
    query = [find("mariadb"), "--no-defaults", f"--socket={unix_socket}", "--user=root", "--execute"]
    wait_until_answers([*query, "SELECT 1"], server)
    # Rights on every database, because test frameworks create their own.
    grant = f"GRANT ALL ON *.* TO '{USER}'@'{HOST}' IDENTIFIED BY '{PASSWORD}'"
    run_setup([*query, f"CREATE DATABASE {DATABASE}; {grant}"])
    return f"mysql://{USER}:{PASSWORD}@{HOST}:{port}/{DATABASE}"


def postgres_directory():
    """Find the newest installed PostgreSQL; Debian keeps its servers off the PATH."""
    versions = [path for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: int(path.parent.name))
    return pathlib.Path(find("initdb")).resolve().parent


def find(program):
    """Find a program on the PATH or where Debian puts servers."""
    path = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    if path is None:
        raise ServerFailed(f"{program} is not installed; tools/setup tells which package has it")
    return path


def give_away(path):
    """Hand a path to the user the servers run as."""
    if os.geteuid() == 0:
        shutil.chown(path, UNPRIVILEGED, "nogroup")


def child_options():
    """How children are started: never as root, and without settings of the developer's own databases."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "PGPASSWORD": PASSWORD}
    options = {"cwd": "/", "env": environment, "stdin": subprocess.DEVNULL}
    if os.geteuid() == 0:
        options.update(user=UNPRIVILEGED, group="nogroup", extra_groups=[])
    return options


def run_setup(command):
    """Run a command that has to succeed."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=SETUP_SECONDS, **child_options())
    if result.returncode != 0:
        raise ServerFailed(f"{command[0]} failed:\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}")


def start_server(command, servers, stop_signal):
    """Start a server in the background; it ends when ``servers`` is closed."""
    log = servers.enter_context(tempfile.TemporaryFile("w+", errors="replace"))
    server = subprocess.Popen(command, stdout=log, stderr=log, **child_options())
    servers.callback(stop, server, stop_signal)
    server.log = log
    return server


def wait_until_answers(command, server):
    """Ask the server until it answers."""
    deadline = time.monotonic() + SETUP_SECONDS
    while subprocess.run(command, capture_output=True, timeout=SETUP_SECONDS, **child_options()).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            server.log.seek(0)
            raise ServerFailed(f"{server.args[0]} does not answer:\n{server.log.read()[-2000:]}")
        time.sleep(0.1)


def stop(server, stop_signal):
    """End a server, by force if it does not go."""
    if server.poll() is None:
        server.send_signal(stop_signal)
        try:
            server.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port():
    """Find a TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def main():
    """Run the command given on the command line, and return its exit status."""
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    # Ended from outside, it still ends the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with running() as settings:
            return subprocess.run(sys.argv[1:], env={**os.environ, **settings}).returncode
    except ServerFailed as failure:
        print(f"databases: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
