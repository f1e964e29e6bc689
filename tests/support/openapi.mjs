// SPDX-License-Identifier: Apache-2.0
// contracts/openapi.json held against answers: what it does not say, the server may not answer.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const Ajv = createRequire(path.join(root, 'tests/clients/package.json'))('ajv/dist/2020').default;
const read = (name) => readFileSync(path.join(root, 'contracts', name), 'utf8');

export const documentText = read('openapi.json');
export const document = JSON.parse(documentText);
// The first columns hold no comma: code, area, kind, http_status, oauth_error.
export const errorRows = read('error-codes.csv').trimEnd().split('\n').slice(1).map((line) => line.split(','));
const errorCodes = new Set(errorRows.map(([code]) => code));

const ajv = new Ajv({
  allErrors: true,
  strictRequired: false,
  strictTypes: false,
  keywords: ['paths', 'components'],
  formats: {
    uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    // RFC 3339 5.6
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
    date: /^\d{4}-\d\d-\d\d$/,
    uri: (text) => URL.canParse(text),
    'error-code': (code) => errorCodes.has(code),
  },
});
ajv.addSchema({ $id: 'openapi', paths: document.paths, components: document.components }, undefined, false, false);

const validators = new Map();

// The schema at this place of the document, compiled; its references are those of the document.
export function schemaAt(...place) {
  const pointer = place.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
  if (!validators.has(pointer)) validators.set(pointer, ajv.compile({ $ref: `openapi#${pointer}` }));
  return validators.get(pointer);
}

export const methods = (item) => Object.keys(item).filter((name) => ['get', 'put', 'post', 'delete', 'patch'].includes(name));

// What a route table calls it.
export function routesOf(documented) {
  return Object.entries(documented.paths).flatMap(([pattern, item]) =>
    methods(item).map((method) => ({
      method: method.toUpperCase(),
      pattern,
      ...item['x-route'],
      operation: item[method],
      place: ['paths', pattern, method],
    })),
  );
}

const routes = routesOf(document).map((route) => {
  const segments = route.pattern.split('/').map((segment) => {
    if (!segment.startsWith('{')) return segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return segment.endsWith('...}') ? '.*' : '[^/]+';
  });
  return { ...route, matches: new RegExp(`^${segments.join('/')}$`), names: route.pattern.split('{').length };
});

// Those of the path, of which fewer names are nearer.
function routesAt(target) {
  const bare = target.split('?')[0];
  const found = routes.filter(({ matches }) => matches.test(bare));
  const nearest = Math.min(...found.map(({ names }) => names));
  return found.filter(({ names }) => names === nearest);
}

function resolved(value, place) {
  if (!value?.$ref) return { value, place };
  const names = value.$ref.slice(2).split('/');
  return { value: names.reduce((within, name) => within[name], document), place: names };
}

// Answers that do not come from the route: malformed HTTP, nothing at this path, a service in trouble.
function fromNoRoute(answer, found, allowed) {
  const known = document['x-any-request'][answer.status];
  if (!known?.codes.includes(answer.json?.code)) return false;
  if (answer.json.code === 'route_not_found') return found.length === 0;
  if (answer.json.code === 'method_not_allowed') return found.length > 0 && !allowed;
  return true;
}

function checked(validate, instance, what) {
  if (validate(instance)) return;
  const errors = validate.errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  throw new Error(`${what}: ${errors.join('; ')}`);
}

function checkHeaders(headers, place, answer, what) {
  for (const [name, header] of Object.entries(headers ?? {})) {
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined && header.required) throw new Error(`${what}: no ${name}`);
    if (value !== undefined) checked(schemaAt(...place, 'headers', name, 'schema'), String(value), `${what}, ${name}`);
  }
}

function checkContent(content, place, answer, what) {
  const type = answer.headers['content-type']?.split(';')[0];
  if (content === undefined) {
    if (answer.text !== '') throw new Error(`${what}: content where none is documented`);
    return;
  }
  if (!content[type] && content['*/*']) return;
  if (!content[type]) throw new Error(`${what}: ${type} is not documented`);
  checked(schemaAt(...place, 'content', type, 'schema'), answer.json ?? answer.text, what);
}

function headerOf(headers, wanted) {
  const pairs = Array.isArray(headers) ? headers.flatMap((_, i) => (i % 2 ? [] : [headers.slice(i, i + 2)])) : Object.entries(headers);
  return pairs.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function checkQuery(route, target, what) {
  const documented = [...(document.paths[route.place[1]].parameters ?? []), ...(route.operation.parameters ?? [])]
    .map((each) => resolved(each, []).value)
    .filter((each) => each.in === 'query');
  for (const [name, text] of new URLSearchParams(target.split('?')[1] ?? '')) {
    // A parameter that is an object stands for any name (OpenAPI: style form, explode).
    const parameter = documented.find((each) => each.name === name) ?? documented.find((each) => each.schema.type === 'object');
    if (!parameter) throw new Error(`${what}: took ${name}, which is not documented`);
    const { value: whole } = resolved(parameter.schema, []);
    const schema = whole.type === 'object' ? whole.additionalProperties : whole;
    checked(ajv.compile({ ...schema, $id: undefined }), schema.type === 'integer' ? Number(text) : text, `${what}, ${name}`);
  }
}

function checkBody(route, { headers, body }, what) {
  const text = body?.toString() ?? '';
  if (!route.operation.requestBody) {
    if (text !== '') throw new Error(`${what}: took a body where none is documented`);
    return;
  }
  const { value: documented, place } = resolved(route.operation.requestBody, [...route.place, 'requestBody']);
  if (text === '' && !documented.required) return;
  const type = headerOf(headers, 'content-type')?.split(';')[0];
  if (!documented.content[type] && documented.content['*/*']) return;
  if (!documented.content[type]) throw new Error(`${what}: took ${type}, which is not documented`);
  const read = { json: JSON.parse, 'x-www-form-urlencoded': (form) => Object.fromEntries(new URLSearchParams(form)) };
  const value = (read[/[^/+]+$/.exec(type)[0]] ?? String)(text);
  checked(schemaAt(...place, 'content', type, 'schema'), value, `${what}, the request`);
}

// Throws when the document does not say that this request can get this answer, or not that it can be sent and the server
// took it.
export function hold(method, target, answer, request = { headers: {} }) {
  const what = `contracts/openapi.json: ${method} ${target} ${answer.status}`;
  const found = routesAt(target);
  const asked = method === 'HEAD' ? 'GET' : method;
  const route = found.find((each) => each.method === asked) ?? found.find((each) => each.method === 'ANY');
  if (fromNoRoute(answer, found, route !== undefined)) {
    checkContent({ 'application/problem+json': {} }, ['components', 'responses', 'InternalError'], answer, what);
    return;
  }
  if (!route) throw new Error(`${what}: not documented, and not refused as unknown: ${answer.text}`);
  const { responses } = route.operation;
  const key = [String(answer.status), `${String(answer.status)[0]}XX`].find((each) => each in responses);
  if (!key) throw new Error(`${what}: no such status is documented: ${answer.text}`);
  const { value: response, place } = resolved(responses[key], [...route.place, 'responses', key]);
  checkHeaders(response.headers, place, answer, what);
  if (method !== 'HEAD') checkContent(response.content, place, answer, what);
  if (answer.status < 300) {
    checkQuery(route, target, what);
    checkBody(route, request, what);
  }
  if (answer.json?.reasons && answer.json.status !== undefined && answer.json.status !== answer.status) {
    throw new Error(`${what}: the problem says ${answer.json.status}`);
  }
}
