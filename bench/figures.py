# SPDX-License-Identifier: Apache-2.0
"""The figures: what is measured, beside which limit, against which budget."""
import base64
import contextlib
import json
import os
import re
import statistics
import subprocess
import tomllib
import urllib.parse
import urllib.request

import processes
from processes import Kelisim, Nginx, run_load, wrk

NAMES = ('consents', 'uses', 'consents_http', 'introspection', 'gateway', 'gateway_soap')
PERSONS = 20_000
ROUNDS = 3
WRK_SECONDS = 4
SOAP_MESSAGES = 4_000
SOAP_SECONDS = 3
EMPLOYEE = '411020100014'  # in whose name the bank's system has its certificate
BANK = 'demo-bank:demo-bank-sandbox-secret'
FIELDS = ['surname', 'name']
SERVICE_FIELDS = ['surname', 'name', 'birthDate']  # what the consents here are for: over SOAP all or nothing
SOAP_OWNER_ANSWER = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<t:SendMessageResponse xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><response><responseInfo>'
    '<messageId>o-1</messageId><responseDate>2026-11-22T10:00:00+05:00</responseDate><status><code>SCSS001</code>'
    '<message>ok</message></status></responseInfo><responseData><data><surname>Сынақ</surname><name>№ 1</name>'
    '<birthDate>1890-01-01</birthDate></data></responseData></response></t:SendMessageResponse></s:Body></s:Envelope>')
OWNER_ANSWER = json.dumps({'surname': 'Сынақ', 'name': '№ 1'}, ensure_ascii=False)


class Run:
    def __init__(self, build, server, scratch):
        self.build, self.server, self.scratch = build, server, scratch
        self.disk = {}
        self.use_rate = None

    def measure(self, wanted):
        self.measure_disk()
        results = []
        if 'consents' in wanted:
            results += self.consents()
        if 'uses' in wanted:
            results += self.uses()
        if set(wanted) & {'consents_http', 'introspection', 'gateway', 'gateway_soap'}:
            results += self.over_http(wanted)
        return results

    # -- the store's own limits ---------------------------------------------------------------------------------------

    def measure_disk(self):
        words = [self.build / 'store_sqlite_bench', '--benchmark_filter=^(fdatasync_alone|saturated)',
                 '--benchmark_format=json']
        environment = os.environ | {'TMPDIR': str(self.scratch)}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
        by_name = {one['name'].split('/')[0]: one for one in json.loads(done.stdout)['benchmarks']}
        disk = by_name['fdatasync_alone']
        self.disk = {'fdatasync_p50_us': disk['p50_us'], 'fdatasync_p99_us': disk['p99_us']}
        self.units = by_name['saturated']['units_per_s']

    # -- without sockets ----------------------------------------------------------------------------------------------

    def program(self, name):
        output, _ = run_load([self.build / name, self.scratch], [])
        return json.loads(output)

    def consents(self):
        measured = self.program('bench_consents')
        return [result('full consent through the use cases', measured['rates'], 'consents/s',
                       limit=('one-row units of the store', self.units), budget=8000, on='value',
                       load=f"in the same process, {measured['in_flight']} in flight", measured=measured)]

    def uses(self):
        measured = self.program('bench_uses')
        self.use_rate = statistics.median(measured['booked']['rates'])
        p99 = [one['p99'] for one in measured['latencies_us']]
        load = 'in the same process'
        return [
            result('use decision with its record and outcome', measured['booked']['rates'], 'decisions/s',
                   limit=('one-row units of the store', self.units), budget=20_000, on='value', load=load,
                   measured=measured),
            result(f"use decision, p99 at {measured['rate']} a second", p99, 'us',
                   limit=('fdatasync p99', self.disk['fdatasync_p99_us']), budget=10, on='ratio', at_most=True,
                   load=load),
        ]

    # -- over HTTP ----------------------------------------------------------------------------------------------------

    def over_http(self, wanted):
        world, persons = self.make_world()
        tokens = self.scratch / 'tokens'
        with contextlib.ExitStack() as stack:
            owner = stack.enter_context(Nginx(self.scratch, 'owner', 1, f'''
                location /soap {{ default_type text/xml; return 200 {processes.quoted(SOAP_OWNER_ANSWER)}; }}
                location / {{ return 200 {processes.quoted(OWNER_ANSWER)}; }}'''))
            service = f'GBDFLUniversal_token=http://127.0.0.1:{owner.port}'
            kelisim = stack.enter_context(Kelisim(self.server, self.scratch, world, [service],
                                                  soap_services=[service + '/soap']))
            results = self.consents_http(kelisim, persons, tokens)  # always: the others use its tokens
            if 'introspection' in wanted:
                results += self.introspection(kelisim, tokens)
            if 'gateway' in wanted:
                results += self.gateway(kelisim, owner, tokens)
            if 'gateway_soap' in wanted:
                results += self.gateway_soap(kelisim, tokens)
        return results

    def make_world(self):
        words = [self.server, 'sandbox', 'generate', '--persons', str(PERSONS)]
        text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        text = re.sub(r'(key = "GBDFLUniversal_token".*?fields = )\[.*?\]',
                      lambda found: found[1] + json.dumps(SERVICE_FIELDS), text, count=1, flags=re.S)
        # So that uses are limited by the machine and not by the sandbox's connections.
        world = self.scratch / 'world.toml'
        world.write_text(re.sub(r'^uses_max = \d+', 'uses_max = 1000000', text, flags=re.M))
        # The generated ones: all of them can be asked.
        found = [one for one in tomllib.loads(text)['person'] if one['name'].startswith('№')]
        persons = self.scratch / 'persons'
        persons.write_text(''.join(f"{one['iin']} {one['phone']}\n" for one in found))
        return world, persons

    def consents_http(self, kelisim, persons, tokens):
        words = [self.build / 'bench_http_consents', str(kelisim.port), persons, tokens]
        output, share = run_load(words, [kelisim])
        measured = json.loads(output)
        load = f"bench_http_consents, {measured['connections']} connections, {measured['in_flight']} in flight"
        return [result('full consent over HTTP', measured['rates'], 'consents/s',
                       limit=('one-row units of the store', self.units), budget=3000, on='value', load=load,
                       load_share=share, measured=measured)]

    def introspection(self, kelisim, tokens):
        answer = introspect(kelisim.port, tokens.read_text().split()[0])
        with Nginx(self.scratch, 'static', 2,
                   f'location / {{ return 200 {processes.quoted(answer)}; }}') as nginx:
            ours, limit, share = compare('introspect.lua', [tokens], kelisim, nginx, [kelisim])
        return [result('introspection', ours, 'requests/s', limit=('nginx, the same answer static', limit), budget=0.5,
                       on='ratio', load=f'wrk -t1 -c64 -d{WRK_SECONDS}s -s introspect.lua', load_share=share)]

    def gateway(self, kelisim, owner, tokens):
        proxy = 'proxy_pass http://owner; proxy_http_version 1.1; proxy_set_header Connection "";'
        with Nginx(self.scratch, 'proxy', 2, f'location / {{ {proxy} }}', upstream=owner.port) as nginx:
            ours, limit, share = compare('gateway.lua', [tokens], kelisim, nginx, [kelisim, owner])
        bounds = {'0.5 of nginx proxying': 0.5 * limit}
        if self.use_rate:
            bounds['0.8 of the use rate'] = 0.8 * self.use_rate
        name = min(bounds, key=bounds.get)
        return [result('REST gateway with decision and record', ours, 'requests/s', limit=(name, bounds[name]),
                       budget=1, on='ratio', load=f'wrk -t1 -c64 -d{WRK_SECONDS}s -s gateway.lua', load_share=share,
                       measured={'nginx_proxying': limit, 'use_rate': self.use_rate})]

    def gateway_soap(self, kelisim, tokens):
        """Processor time of the service for a signed message, beside one GOST verification and two signatures alone."""
        key, messages = self.scratch / 'bank.p12', self.scratch / 'messages'
        words = [self.server, 'sandbox', 'eds', '--data', self.scratch / 'data', '--out', key, '--bin', '000140000353',
                 '--organisation', 'БАНК', '--role', 'system']
        subprocess.run(words, input=f'{EMPLOYEE}\n', text=True, check=True)
        took, rates, shares = [], [], []
        for _ in range(ROUNDS):
            with messages.open('wb') as out:
                subprocess.run([self.build / 'bench_soap_messages', key, tokens, str(SOAP_MESSAGES)], stdout=out, check=True)
            before = kelisim.seconds()
            rate, share = wrk(kelisim.port, 'soap.lua', [messages], SOAP_SECONDS, [kelisim])
            took.append((kelisim.seconds() - before) / (rate * SOAP_SECONDS) * 1e6)
            rates.append(rate)
            shares.append(share)
        bare = (gost_seconds(self.build, 'verify') + 2 * gost_seconds(self.build, 'sign')) * 1e6
        return [result('SOAP gateway beside its bare cryptography (GOST)', [one - bare for one in took], 'us a message',
                       limit=('1 verification, 2 signatures alone', bare), budget=150, on='value', at_most=True,
                       load=f'wrk -t1 -c64 -d{SOAP_SECONDS}s -s soap.lua', load_share=statistics.median(shares),
                       measured={'messages_per_s': rates, 'us_a_message': took})]


def gost_seconds(build, name):
    words = [build / 'crypto_bench', f'--benchmark_filter=^bare_{name}_gost_512$', '--benchmark_format=json',
             '--benchmark_min_time=1']
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)['benchmarks'][0]['cpu_time'] / 1e9


def introspect(port, token):
    request = urllib.request.Request(
        f'http://127.0.0.1:{port}/introspect', data=urllib.parse.urlencode({'token': token}).encode(),
        headers={'Authorization': 'Basic ' + base64.b64encode(BANK.encode()).decode()})
    with urllib.request.urlopen(request, timeout=10) as response:
        text = response.read().decode()
    if not json.loads(text)['active']:
        raise RuntimeError('a fresh token is not active')
    return text


def compare(script, words, ours, nginx, our_servers):
    """Both sides in turn, so that what else the machine does meets both."""
    for server in (ours, nginx):
        wrk(server.port, script, words, 2, [])
    our_rates, nginx_rates, shares = [], [], []
    for _ in range(ROUNDS):
        rate, share = wrk(ours.port, script, words, WRK_SECONDS, our_servers)
        our_rates.append(rate)
        shares.append(share)
        nginx_rates.append(wrk(nginx.port, script, words, WRK_SECONDS, [])[0])
    return our_rates, statistics.median(nginx_rates), statistics.median(shares)


def result(name, values, unit, limit, budget, on, load, load_share=0.0, at_most=False, measured=None):
    value = statistics.median(values)
    limit_name, limit_value = limit
    held = value if on == 'value' else value / limit_value
    return {
        'name': name, 'value': value, 'min': min(values), 'max': max(values), 'unit': unit,
        'limit_name': limit_name, 'limit': limit_value, 'ratio': value / limit_value,
        'budget': budget, 'budget_on': on, 'met': held <= budget if at_most else held >= budget,
        'load': load, 'load_share': load_share, 'measured': measured or {},
    }
