# SPDX-License-Identifier: Apache-2.0
"""What a run starts: the server under test, nginx as its limit, and load generators whose processor time is told."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import machine

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = pathlib.Path(os.environ.get('KELISIM_BUILD', ROOT / 'build/release')).resolve()
SERVER = pathlib.Path(os.environ.get('KELISIM_BINARY', BUILD / 'kelisim')).resolve()
START_SECONDS = 60
STOP_SECONDS = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Server:
    """A child process that listens on `port`; stopped at the end of its `with`."""

    def __init__(self, words, log):
        self.log = open(log, 'wb')
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def seconds(self):
        pid = self.process.pid
        return sum(machine.seconds_of(p) for p in [pid, *machine.children_of(pid)])


class Kelisim(Server):
    """`more`: further sections of its configuration."""

    def __init__(self, binary, directory, world, upstreams, more='', soap_services=()):
        config = directory / 'kelisim.toml'
        # The load asks the same persons again and again.
        config.write_text(f'[gateway]\nupstreams = {json.dumps(upstreams)}\n'
                          f'soap_services = {json.dumps(list(soap_services))}\n[questions]\nperson_day_max = 1000000\n'
                          'asker_day_max = 1000000\nfirst_wait_minutes = 0\n' + more)
        super().__init__([binary, 'serve', '--sandbox', '--sandbox-data', world, '--data', directory / 'data',
                          '--config', config, '--port', '0'], directory / 'kelisim.log')
        line = self.process.stdout.readline().decode()
        match = re.match(r'listening on http://127\.0\.0\.1:(\d+)$', line.strip())
        if not match:
            raise RuntimeError(f'the server did not start: {line!r}, see {directory / "kelisim.log"}')
        self.port = int(match.group(1))


class Nginx(Server):
    """`locations`: the inside of its server block. `upstream`: a port that it may proxy to, with keep-alive."""

    def __init__(self, directory, name, workers, locations, upstream=None):
        self.port = free_port()
        home = directory / name
        home.mkdir()
        owner = f'upstream owner {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 100000000; }}'
        (home / 'nginx.conf').write_text(f'''
daemon off; worker_processes {workers}; pid {home}/pid; error_log {home}/error.log error;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000000; default_type application/json;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
  uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  {owner if upstream else ''}
  server {{ listen 127.0.0.1:{self.port}; {locations} }}
}}
''')
        super().__init__(['nginx', '-p', home, '-c', home / 'nginx.conf'], home / 'out.log')
        wait_for(self.port)


def wait_for(port):
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def quoted(json_text):
    """For nginx's `return`, inside single quotes."""
    if "'" in json_text or '$' in json_text or '\\' in json_text:
        raise ValueError('a text that nginx would read otherwise')
    return f"'{json_text}'"


def run_load(words, servers, **options):
    """Runs a load generator to its end: its output, and its share of the processor time that it and the servers used."""
    before = sum(server.seconds() for server in servers)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f'{words[0]} failed: {output}')
    own = usage.ru_utime + usage.ru_stime
    used = own + sum(server.seconds() for server in servers) - before
    return output, own / used


def wrk(port, script, words, seconds, servers):
    """Requests a second under the settings that both sides of a comparison get, and the share of the load."""
    output, share = run_load(['wrk', '-t1', '-c64', f'-d{seconds}s', '-s', HERE / script, f'http://127.0.0.1:{port}',
                              '--', *words], servers)
    if 'Non-2xx' in output or 'Socket errors' in output:
        raise RuntimeError(f'answers that are none under {script}:\n{output}')
    return float(re.search(r'Requests/sec:\s*([\d.]+)', output).group(1)), share
