// Goes through sign-in, consent, tokens, userinfo, the API, refreshing and
// revoking with openid-client as the program, and a person of the try-out.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [, , folder, issuer] = process.argv
const require = createRequire(folder + '/')
const client = await import(pathToFileURL(require.resolve('openid-client')).href)
console.log(`openid-client ${require('openid-client/package.json').version} against ${issuer}`)

let passed = 0
async function check(name, act) {
  await act()
  passed++
  console.log(`ok ${name}`)
}

async function call(token, method, path, body) {
  const res = await fetch(issuer + '/api/v1' + path, {
    method, body: body && JSON.stringify(body),
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) },
  })
  assert.ok(res.ok, `${method} ${path}: ${res.status} ${res.ok ? '' : await res.text()}`)
  return res.status === 204 ? undefined : res.json()
}

// Two operators register us.
const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
const jwk = { ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid: 'own', alg: 'ES256', use: 'sig' }
delete jwk.key_ops
delete jwk.ext
const redirect = 'https://client.example/cb'
const operators = []
for (const person of ['operator-1', 'operator-2']) operators.push((await call('', 'POST', '/demo/sign-in', { person })).token)
const { id } = await call(operators[0], 'POST', '/openid/clients', {
  name: { ko: '시험 프로그램', en: 'Test program' }, purpose: { ko: '표준을 시험해요.', en: 'It tests the standard.' },
  public: false, keys: { keys: [jwk] }, redirect_uris: [redirect], scopes: ['openid', 'profile', 'applications', 'assistant.status', 'offline_access'], logout_uris: ['https://client.example/bye'], reason: 'conformance',
})
await call(operators[1], 'POST', `/openid/clients/${id}/approve`)

const config = await client.discovery(new URL(issuer), id, { redirect_uris: [redirect], id_token_signed_response_alg: 'ES256' },
  client.PrivateKeyJwt({ key: keys.privateKey, kid: 'own' }), { execute: [client.allowInsecureRequests] })
await check('discovery names this issuer', () => assert.equal(config.serverMetadata().issuer, issuer))

// A person with a browser that follows our redirects and keeps our cookies.
const jar = new Map()
async function browse(url, form) {
  for (let hops = 0; hops < 10; hops++) {
    const res = await fetch(url, {
      method: form ? 'POST' : 'GET', body: form && new URLSearchParams(form), redirect: 'manual',
      headers: { cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') },
    })
    for (const c of res.headers.getSetCookie()) {
      const [pair] = c.split(';')
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    form = undefined
    const to = res.headers.get('location')
    if (!to) return { url, status: res.status, text: await res.text() }
    url = new URL(to, url).href
    if (!url.startsWith(issuer + '/')) return { url }
  }
  throw new Error('too many redirects')
}
const person = (await call('', 'GET', '/demo/people')).people.find((p) => p.role === 'resident')
const signIn = (next) => browse(issuer + '/demo/sign-in', { person: person.id, next })
const agree = (page) => browse(page.url, { seal: page.text.match(/name="seal" value="([^"]+)"/)[1], answer: 'yes' })

const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
async function authorize(more) {
  const verifier = client.randomPKCECodeVerifier()
  const expected = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: redirect, scope: 'openid profile applications offline_access', state: expected.expectedState, nonce: expected.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more,
  }, { DPoP })
  return { url, expected }
}

let tokens
await check('code, PAR, PKCE, DPoP, max_age, acr_values', async () => {
  const { url, expected } = await authorize({ max_age: '300', acr_values: 'urn:maru:aal:1' })
  let page = await browse(url.href)
  assert.match(page.url, /\/sign-in\?next=/)
  page = await signIn(new URL(page.url).searchParams.get('next'))
  const done = await agree(page)
  assert.ok(done.url.startsWith(redirect + '?'), done.url)
  tokens = await client.authorizationCodeGrant(config, new URL(done.url), { ...expected, maxAge: 300, idTokenExpected: true }, undefined, { DPoP })
  assert.equal(tokens.token_type, 'dpop')
  assert.equal(tokens.claims().acr, 'urn:maru:aal:1')
})
await check('userinfo', async () => {
  const me = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP })
  assert.equal(me.name, person.name)
})
await check('the API', async () => {
  const res = await client.fetchProtectedResource(config, tokens.access_token, new URL(issuer + '/api/v1/applications'), 'GET', undefined, undefined, { DPoP })
  assert.equal(res.status, 200)
})
await check('introspection', async () => assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true))
await check('prompt=none after consent', async () => {
  const { url, expected } = await authorize({ prompt: 'none' })
  // The consent is remembered; this sign-in is older than the request.
  const done = await browse(url.href)
  assert.ok((await client.authorizationCodeGrant(config, new URL(done.url), expected, undefined, { DPoP })).access_token)
})
await check('prompt=login asks again', async () => {
  const { url, expected } = await authorize({ prompt: 'login' })
  const page = await browse(url.href)
  assert.match(page.url, /\/sign-in\?again=1/)
  const done = await agree(await signIn(new URL(page.url).searchParams.get('next')))
  assert.ok((await client.authorizationCodeGrant(config, new URL(done.url), expected, undefined, { DPoP })).id_token)
})
await check('an answer of another issuer is refused', async () => {
  const { url, expected } = await authorize({ prompt: 'none' })
  const done = new URL((await browse(url.href)).url)
  done.searchParams.set('iss', 'https://other.example')
  await assert.rejects(client.authorizationCodeGrant(config, done, expected, undefined, { DPoP }))
})
await check('refresh rotates', async () => {
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
  assert.notEqual(next.refresh_token, tokens.refresh_token)
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP }), { error: 'invalid_grant' })
  await assert.rejects(client.refreshTokenGrant(config, next.refresh_token, undefined, { DPoP }), { error: 'invalid_grant' })
})
await check('revocation', async () => {
  const { url, expected } = await authorize({ prompt: 'none' })
  const more = await client.authorizationCodeGrant(config, new URL((await browse(url.href)).url), expected, undefined, { DPoP })
  await client.tokenRevocation(config, more.refresh_token)
  assert.equal((await client.tokenIntrospection(config, more.access_token)).active, false)
})
await check('a signed request (JAR), pushed', async () => {
  const verifier = client.randomPKCECodeVerifier()
  const expected = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const signed = await client.buildAuthorizationUrlWithJAR(config, {
    redirect_uri: redirect, scope: 'openid', prompt: 'none', state: expected.expectedState, nonce: expected.expectedNonce, max_age: '3600',
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }, { key: keys.privateKey, kid: 'own' })
  const pushed = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP })
  const done = await browse(pushed.href)
  assert.ok((await client.authorizationCodeGrant(config, new URL(done.url), expected, undefined, { DPoP })).id_token)
  await assert.rejects(client.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP }), { error: 'invalid_request_object' })
})
await check('the tools for assistants, by a token for them (RFC 8707)', async () => {
  const { url, expected } = await authorize({ scope: 'openid assistant.status', resource: issuer + '/mcp' })
  const done = await agree(await browse(url.href))
  const more = await client.authorizationCodeGrant(config, new URL(done.url), expected, { resource: issuer + '/mcp' }, { DPoP })
  const ask = (token) => client.fetchProtectedResource(config, token, new URL(issuer + '/mcp'), 'POST',
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'get_status', arguments: { mine: true } } }),
    new Headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' }), { DPoP })
  const res = await ask(more.access_token)
  assert.equal(res.status, 200)
  assert.match(await res.text(), /"sign_in_needed":false/)
  await assert.rejects(client.fetchProtectedResource(config, more.access_token, new URL(issuer + '/api/v1/applications'), 'GET', undefined, undefined, { DPoP }))
})
await check('signing out ends what was not for later', async () => {
  const { url, expected } = await authorize({ scope: 'openid applications' })
  const short = await client.authorizationCodeGrant(config, new URL((await browse(url.href)).url), expected, undefined, { DPoP })
  const leave = client.buildEndSessionUrl(config, { id_token_hint: short.id_token, post_logout_redirect_uri: 'https://client.example/bye', state: 's' })
  const page = await browse(leave.href)
  assert.equal(page.status, 200)
  const done = await browse(page.url, Object.fromEntries(leave.searchParams))
  assert.equal(done.url, 'https://client.example/bye?state=s')
  for (let i = 0; i < 100 && (await client.tokenIntrospection(config, short.access_token)).active; i++) await new Promise((r) => setTimeout(r, 50))
  assert.equal((await client.tokenIntrospection(config, short.access_token)).active, false)
})
console.log(`${passed} of 13 passed`)
