// SPDX-License-Identifier: Apache-2.0
// What an operator settles for the SOAP wire: senders that name their certificate by issuer and serial number (wire.md A6), and the
// form of faults (A5).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { issueEds, sign } from '../support/eds.mjs';
import { Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { assertFault, envelope, post, sendMessage, signedPath } from '../support/shep.mjs';
import { persons } from '../support/world.mjs';

const bin = '000140000353';
const unknownService = () => sendMessage({ serviceId: 'NOBODY', data: '<a/>' });
const keyIdentifier = /<wsse:KeyIdentifier[^>]*>([^<]*)<\/wsse:KeyIdentifier>/;

let data;
let server;
let key;
let another;
before(async () => {
  data = await temporaryDirectory();
  const first = await Kelisim.start({ data });
  key = await issueEds(data, persons.ybyrai.iin, { bin, organisation: 'БАНК', role: 'system' });
  another = await issueEds(data, persons.ybyrai.iin, { bin, organisation: 'БАНК', role: 'may_sign' });
  await first.stop();
  const certificate = path.join(data, 'bank.der');
  await writeFile(certificate, Buffer.from(keyIdentifier.exec(await sign(key, 'soap', unknownService()))[1], 'base64'));
  const config = path.join(data, 'kelisim.toml');
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nknown_certificates = ["${certificate}"]\nfault_form = "bare_code"\n`);
  server = await Kelisim.start({ data, config });
});
after(() => server?.stop());

// The same message with its certificate named and not sent; the body alone is signed.
async function named(message) {
  const file = path.join(await temporaryDirectory(), 'certificate.der');
  await writeFile(file, Buffer.from(keyIdentifier.exec(message)[1], 'base64'));
  const options = ['x509', '-inform', 'DER', '-in', file, '-noout', '-issuer', '-serial', '-nameopt', 'RFC2253,-esc_msb,utf8'];
  const { stdout } = await promisify(execFile)('openssl', options);
  const issuer = /^issuer=(.*)$/m.exec(stdout)[1];
  const serial = BigInt(`0x${/^serial=(.*)$/m.exec(stdout)[1]}`);
  return message.replace(keyIdentifier, `<ds:X509Data xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509IssuerSerial><ds:X509IssuerName>${issuer}</ds:X509IssuerName>` +
    `<ds:X509SerialNumber>${serial}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>`);
}

test('a sender whose certificate is known may name it', async () => {
  const plain = await sign(key, 'soap', unknownService());
  assertFault(await post(server.base, signedPath, plain), 'SCE004');
  assertFault(await post(server.base, signedPath, await named(await sign(key, 'soap', unknownService()))), 'SCE004');
  const altered = (await named(await sign(key, 'soap', unknownService()))).replace('NOBODY', 'SOMEBODY');
  assertFault(await post(server.base, signedPath, altered), 'SCE006');
});

test('one that is not known may not', async () => {
  assertFault(await post(server.base, signedPath, await named(await sign(another, 'soap', unknownService()))), 'SCE006', 'soap_key_unknown');
});

test('the code of a fault may stand in faultcode', async () => {
  const answer = await post(server.base, signedPath, envelope(unknownService()));
  assert.match(answer.text, /<faultcode>SCE007<\/faultcode>/);
  // SOAP 1.2 has no such form.
  const later = await post(server.base, signedPath, envelope(unknownService(), 'http://www.w3.org/2003/05/soap-envelope'));
  assert.match(later.text, /soap:Receiver/);
});
