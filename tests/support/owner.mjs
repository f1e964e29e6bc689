// SPDX-License-Identifier: Apache-2.0
// The reference owner as a process of its own, and the SOAP that it speaks, by hand (wire.md A3, B5).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { binary } from './kelisim.mjs';

const world = path.resolve(import.meta.dirname, '../../sandbox/world.toml');

export class Owner {
  #child;

  // `issuer`: how its tokens name Kelisim, where that is not where it is reached.
  static async start(kelisim, { issuer = kelisim, options = [] } = {}) {
    const owner = new Owner();
    const words = ['--world', world, '--kelisim', kelisim, '--issuer', issuer, '--port', '0', ...options];
    owner.#child = spawn(path.join(path.dirname(binary), 'kelisim-gbdfl'), words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const endWithUs = () => owner.#child.kill('SIGKILL');
    process.once('exit', endWithUs);
    owner.#child.once('exit', () => process.off('exit', endWithUs));
    owner.output = '';
    owner.#child.stderr.on('data', (chunk) => (owner.output += chunk));
    const lines = createInterface({ input: owner.#child.stdout });
    const first = await Promise.race([once(lines, 'line'), once(owner.#child, 'close')]);
    owner.base = /^listening on (\S+)$/.exec(first[0])?.[1];
    if (!owner.base) throw new Error(`the owner did not start: ${owner.output}`);
    return owner;
  }

  async stop() {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }

  // The body as it is; `type` null sends none.
  async post(body, type = 'text/xml; charset=utf-8') {
    const answer = await fetch(`${this.base}/shep/`, { method: 'POST', headers: type ? { 'content-type': type } : {}, body });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  }

  // A request for one person, and what its answer says.
  async ask(asked) {
    return read(await this.post(message(asked)));
  }
}

export const escape = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const unescape = (text) => text.replace(/&(lt|gt|quot|amp);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name]);

const forms = { nodes: (xml) => xml, escaped: escape, cdata: (xml) => `<![CDATA[${xml}]]>` };

export function message({ service = 'GBDFLUniversal_token', iin, token, publicKey, more = '', form = 'nodes', id = 'm-1' }) {
  const fields = Object.entries({ messageId: 'b-1', messageDate: '2026-01-15T10:00:00+05:00', senderCode: 'DEMOBANK', iin, kdpToken: token, publicKey });
  const inner = fields.filter(([, value]) => value !== undefined).map(([name, value]) => `<${name}>${value}</${name}>`).join('');
  const request = `<r:Request xmlns:r="http://message.persistence.interactive.nat">${inner}${more}</r:Request>`;
  return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><typ:SendMessage xmlns:typ="http://bip.bee.kz/SyncChannel/v10/Types"><request>\
<requestInfo><messageId>${id}</messageId><serviceId>${service}</serviceId><messageDate>2026-01-15T10:00:00.000+05:00</messageDate><sender><senderId>SHEP</senderId><password>p</password></sender></requestInfo>\
<requestData><data>${forms[form](request)}</data></requestData></request></typ:SendMessage></soap:Body></soap:Envelope>`;
}

const text = (name, xml) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

function read(answer) {
  const [, data = ''] = /<data>([\s\S]*)<\/data>/.exec(answer.text) ?? [];
  const form = data.startsWith('<![CDATA[') ? 'cdata' : data.startsWith('&lt;') ? 'escaped' : 'nodes';
  const document = { nodes: data, escaped: unescape(data), cdata: data.replace(/^<!\[CDATA\[|\]\]>$/g, '') }[form];
  return {
    ...answer,
    form,
    document,
    fault: text('errorCode', answer.text),
    why: text('errorData', answer.text),
    status: answer.status,
    code: text('code', answer.text),
    correlation: text('correlationId', answer.text),
    result: text('code', /<messageResult>([\s\S]*)<\/messageResult>/.exec(document)?.[1] ?? ''),
    persons: document.includes('<persons>'),
  };
}
