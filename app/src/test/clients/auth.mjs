// What @supabase/supabase-js does with /auth/v1, unmodified. Prints one line of JSON for each check: {"name", "problem"}.
// The address, the keys and the directory of mails come from the environment (see ClientsSpec).
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'

const { ADDRESS, KEY, SECRET, MAIL, PEOPLE, PROVIDER, PLAIN, PLAIN_KEY } = process.env
const PASSWORD = 'correct horse battery'
const OTHER = 'another horse battery'

// Node 20 has no WebSocket of its own, and the client wants one even if it never connects
const realtime = { transport: globalThis.WebSocket ?? class {} }

function memory() {
  const items = new Map()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    items,
  }
}

function desk(auth = {}, key = KEY) {
  return createClient(ADDRESS, key, {
    auth: { storage: memory(), persistSession: true, autoRefreshToken: false, ...auth },
    realtime,
  })
}

// a desk where nothing is set
const plain = () =>
  createClient(PLAIN, PLAIN_KEY, { auth: { storage: memory(), autoRefreshToken: false }, realtime })

const admin = desk({ persistSession: false }, SECRET).auth.admin
let people = 0
const address = () => `p${people++}@${PEOPLE}`

async function check(name, run) {
  let problem = null
  try {
    await run()
  } catch (e) {
    problem = String(e?.stack ?? e)
  }
  console.log(JSON.stringify({ name, problem }))
}

async function ok(answer) {
  const { data, error } = await answer
  assert.equal(error, null, error && `${error.status} ${error.code} ${error.message}`)
  return data
}

async function refused(answer, status, code, name = 'AuthApiError') {
  const { error } = await answer
  assert.ok(error, 'nothing was refused')
  assert.equal(error.code, code, `${error.status} ${error.message}`)
  assert.equal(error.status, status)
  assert.equal(error.name, name)
  return error
}

// the client in a page at that address, as far as it looks: what came of the address
async function opened(href, auth = {}) {
  const location = new URL(href)
  globalThis.document = {}
  globalThis.window = { location, history: { state: null, replaceState: (_, __, to) => void (location.href = to) } }
  try {
    const client = desk({ detectSessionInUrl: true, ...auth })
    const { error } = await client.auth.initialize()
    return { client, error, location }
  } finally {
    delete globalThis.window
    delete globalThis.document
  }
}

const read = new Set()

// the next mail to that address that was not asked for before
async function mail(to) {
  for (let i = 0; i < 400; i++) {
    for (const file of readdirSync(MAIL).sort()) {
      if (!file.endsWith('.eml') || read.has(file)) continue
      const text = readFileSync(join(MAIL, file), 'utf8')
      if (!text.includes(`To: ${to}\r\n`)) continue
      read.add(file)
      const plain = text.replace(/=\r\n/g, '').replace(/=3D/g, '=')
      const link = plain.match(/https?:\/\/\S+\/verify\S+/)?.[0]
      return {
        code: plain.match(/: (\d{6})\s/)?.[1],
        path: link && new URL(link).pathname + new URL(link).search,
        token: link && new URL(link).searchParams.get('token'),
        subject: plain.match(/^Subject: (.*)\r$/m)?.[1],
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`no mail to ${to}`)
}

async function person() {
  const email = address()
  const { user } = await ok(admin.createUser({ email, password: PASSWORD, email_confirm: true }))
  return { email, id: user.id }
}

async function signedIn(auth = {}) {
  const { email, id } = await person()
  const client = desk(auth)
  const { session } = await ok(client.auth.signInWithPassword({ email, password: PASSWORD }))
  return { client, email, id, session }
}

// signing up

await check('sign-up waits for the mail, and its digits sign in', async () => {
  const email = address()
  const client = desk()
  const made = await ok(
    client.auth.signUp({ email, password: PASSWORD, options: { data: { display_name: 'Ada' } } }),
  )
  assert.equal(made.session, null)
  assert.equal(made.user.email, email)
  await refused(client.auth.signInWithPassword({ email, password: PASSWORD }), 400, 'email_not_confirmed')
  const { code } = await mail(email)
  const { session, user } = await ok(client.auth.verifyOtp({ email, token: code, type: 'signup' }))
  assert.equal(user.user_metadata.display_name, 'Ada')
  assert.equal(user.app_metadata.role, 'customer')
  assert.ok(session.access_token)
  const { user: again } = await ok(client.auth.getUser())
  assert.equal(again.id, made.user.id)
})

await check('sign-up with a known address looks like any other', async () => {
  const { email } = await person()
  const { user, session } = await ok(desk().auth.signUp({ email, password: OTHER }))
  assert.equal(session, null)
  assert.equal(user.email, email)
  assert.match((await mail(email)).subject, /You have an account/)
})

await check('sign-up refuses weak passwords with their reason', async () => {
  for (const [password, reason] of [
    ['short', 'length'],
    ['password1', 'pwned'],
  ]) {
    const error = await refused(
      desk().auth.signUp({ email: address(), password }),
      422,
      'weak_password',
      'AuthWeakPasswordError',
    )
    assert.deepEqual(error.reasons, [reason])
  }
})

await check('sign-up refuses what is no address', async () => {
  await refused(desk().auth.signUp({ email: 'nobody', password: PASSWORD }), 400, 'validation_failed')
})

await check('the confirmation is sent again', async () => {
  const email = address()
  const client = desk()
  await ok(client.auth.signUp({ email, password: PASSWORD }))
  await mail(email)
  await ok(client.auth.resend({ type: 'signup', email }))
  await ok(client.auth.verifyOtp({ token_hash: (await mail(email)).token, type: 'email' }))
})

await check('ways to sign in that are not offered say so', async () => {
  const { auth } = desk()
  await refused(plain().auth.signInAnonymously(), 422, 'anonymous_provider_disabled')
  await refused(auth.signUp({ phone: '+491234567', password: PASSWORD }), 422, 'phone_provider_disabled')
  await refused(auth.signInWithOtp({ phone: '+491234567' }), 422, 'phone_provider_disabled')
  await refused(auth.signInWithIdToken({ provider: 'google', token: 'x' }), 400, 'provider_disabled')
  await refused(auth.signInWithSSO({ domain: 'example.org' }), 422, 'saml_provider_disabled')
})

// without an address

await check('somebody signs in without saying who they are', async () => {
  const storage = memory()
  const client = desk({ storage })
  const { session, user } = await ok(client.auth.signInAnonymously({ options: { data: { display_name: 'Ann' } } }))
  assert.equal(user.is_anonymous, true)
  assert.equal(user.email, '')
  assert.equal(user.user_metadata.display_name, 'Ann')
  assert.deepEqual(user.app_metadata, { role: 'customer' })
  assert.deepEqual((await ok(client.auth.getUserIdentities())).identities, [])
  const { claims } = await ok(client.auth.getClaims())
  assert.equal(claims.is_anonymous, true)
  assert.equal(claims.amr[0].method, 'anonymous')
  assert.equal((await ok(desk({ storage }).auth.getUser())).user.id, user.id)
  const next = (await ok(client.auth.refreshSession())).session
  assert.notEqual(next.refresh_token, session.refresh_token)
  assert.equal(next.user.is_anonymous, true)
  const { data } = await client.from('profiles').select('id').eq('id', user.id).single()
  assert.equal(data.id, user.id)
  assert.equal((await ok(admin.getUserById(user.id))).user.is_anonymous, true)
  await refused(client.auth.reauthenticate(), 422, 'validation_failed')
  await client.auth.signOut()
  assert.equal((await ok(client.auth.getSession())).session, null)
})

await check('an anonymous person becomes a permanent one by mail', async () => {
  const client = desk()
  const { user } = await ok(client.auth.signInAnonymously())
  await refused(client.auth.updateUser({ password: PASSWORD }), 422, 'validation_failed')
  const email = address()
  const asked = (await ok(client.auth.updateUser({ email }))).user
  assert.equal(asked.new_email, email)
  assert.equal(asked.is_anonymous, true)
  const { code } = await mail(email)
  const permanent = await ok(client.auth.verifyOtp({ email, token: code, type: 'email_change' }))
  assert.equal(permanent.user.id, user.id)
  assert.equal(permanent.user.email, email)
  assert.equal(permanent.user.is_anonymous, false)
  assert.equal((await ok(client.auth.getUserIdentities())).identities[0].provider, 'email')
  assert.equal((await ok(client.auth.getClaims())).claims.is_anonymous, false)
  await ok(client.auth.updateUser({ password: PASSWORD }))
  const later = await ok(desk().auth.signInWithPassword({ email, password: PASSWORD }))
  assert.equal(later.user.id, user.id)
})

// signing in

await check('a wrong password and an unknown address are refused alike', async () => {
  const { email } = await person()
  const one = await refused(desk().auth.signInWithPassword({ email, password: OTHER }), 400, 'invalid_credentials')
  const two = await refused(
    desk().auth.signInWithPassword({ email: address(), password: OTHER }),
    400,
    'invalid_credentials',
  )
  assert.equal(one.message, two.message)
})

await check('a session is restored from storage', async () => {
  const storage = memory()
  const { client, id } = await signedIn({ storage })
  assert.ok(client)
  const later = desk({ storage })
  const { session } = await ok(later.auth.getSession())
  assert.equal(session.user.id, id)
  assert.equal((await ok(later.auth.getUser())).user.id, id)
})

await check('a session that has run out in storage is refreshed by itself', async () => {
  const storage = memory()
  const { session } = await signedIn({ storage })
  const [key, value] = [...storage.items][0]
  storage.items.set(key, JSON.stringify({ ...JSON.parse(value), expires_at: Math.floor(Date.now() / 1000) - 10 }))
  const later = desk({ storage })
  const { session: fresh } = await ok(later.auth.getSession())
  assert.notEqual(fresh.refresh_token, session.refresh_token)
  assert.equal((await ok(later.auth.getUser())).user.id, session.user.id)
})

await check('auto refresh renews a session before it runs out', async () => {
  const storage = memory()
  await signedIn({ storage })
  const [key, value] = [...storage.items][0]
  storage.items.set(key, JSON.stringify({ ...JSON.parse(value), expires_at: Math.floor(Date.now() / 1000) + 5 }))
  const later = desk({ storage, autoRefreshToken: true })
  const events = []
  const refreshed = new Promise((resolve) =>
    later.auth.onAuthStateChange((event) => {
      events.push(event)
      if (event === 'TOKEN_REFRESHED') resolve()
    }),
  )
  await Promise.race([refreshed, new Promise((_, no) => setTimeout(() => no(new Error(events.join())), 15000))])
  await later.auth.stopAutoRefresh()
})

await check('events tell what happened to the session', async () => {
  const { email } = await person()
  const client = desk()
  const events = []
  client.auth.onAuthStateChange((event) => void events.push(event))
  await ok(client.auth.signInWithPassword({ email, password: PASSWORD }))
  await ok(client.auth.refreshSession())
  await ok(client.auth.updateUser({ data: { shoe: 38 } }))
  await client.auth.signOut()
  const wanted = ['SIGNED_IN', 'TOKEN_REFRESHED', 'USER_UPDATED', 'SIGNED_OUT']
  assert.deepEqual(
    events.filter((event) => wanted.includes(event)),
    wanted,
  )
})

await check('a refresh token that is unknown or malformed is refused', async () => {
  await refused(desk().auth.refreshSession({ refresh_token: 'A'.repeat(43) }), 400, 'refresh_token_not_found')
  await refused(desk().auth.refreshSession({ refresh_token: 'short' }), 400, 'validation_failed')
})

await check('a refresh token that was used long ago ends the family', async () => {
  const { client, session } = await signedIn()
  const second = (await ok(client.auth.refreshSession())).session
  const third = (await ok(client.auth.refreshSession())).session
  assert.notEqual(second.refresh_token, third.refresh_token)
  await new Promise((resolve) => setTimeout(resolve, 1500)) // the window of this desk
  await refused(
    desk().auth.refreshSession({ refresh_token: session.refresh_token }),
    400,
    'refresh_token_already_used',
  )
  await refused(
    desk().auth.refreshSession({ refresh_token: third.refresh_token }),
    400,
    'refresh_token_already_used',
  )
})

await check('a session in storage whose refresh token is over is forgotten', async () => {
  for (const code of ['refresh_token_not_found', 'refresh_token_already_used']) {
    const storage = memory()
    const { client, session } = await signedIn({ storage })
    if (code === 'refresh_token_already_used') {
      await ok(client.auth.refreshSession())
      await ok(client.auth.refreshSession())
      await new Promise((resolve) => setTimeout(resolve, 1500)) // the window of this desk
    }
    const [key] = [...storage.items][0]
    const refresh_token = code === 'refresh_token_not_found' ? 'A'.repeat(43) : session.refresh_token
    storage.items.set(key, JSON.stringify({ ...session, refresh_token, expires_at: Math.floor(Date.now() / 1000) - 10 }))
    const { warn, error } = console
    const told = []
    console.warn = console.error = (e) => void told.push(e?.code) // older clients call it an error
    try {
      const initial = await new Promise((resolve) =>
        desk({ storage }).auth.onAuthStateChange((event, now) => event === 'INITIAL_SESSION' && resolve({ now })),
      )
      assert.equal(initial.now, null)
      await new Promise((resolve) => setTimeout(resolve, 50))
    } finally {
      Object.assign(console, { warn, error })
    }
    assert.deepEqual([...new Set(told)], [code]) // some clients look twice
    assert.equal(storage.items.has(key), false)
  }
})

await check('the same refresh token twice at once gives the same successor', async () => {
  const { session } = await signedIn()
  const [one, two] = await Promise.all(
    [desk(), desk()].map((client) => client.auth.refreshSession({ refresh_token: session.refresh_token })),
  )
  assert.equal(one.error ?? two.error, null)
  assert.equal(one.data.session.refresh_token, two.data.session.refresh_token)
})

await check('claims are verified with the published keys', async () => {
  const { client, id } = await signedIn()
  const { claims, header } = await ok(client.auth.getClaims())
  assert.equal(header.alg, 'ES256')
  assert.equal(claims.sub, id)
  assert.equal(claims.aud, 'authenticated')
  assert.equal(claims.role, 'authenticated')
  assert.equal(claims.aal, 'aal1')
  assert.equal(claims.amr[0].method, 'password')
  assert.equal(claims.app_metadata.role, 'customer')
})

await check('a token that is none of ours is refused', async () => {
  await refused(desk().auth.getUser('a.b.c'), 403, 'bad_jwt')
})

await check('rows are read in the name of who signed in', async () => {
  const { client, id } = await signedIn()
  const { data, error } = await client.from('profiles').select('id').eq('id', id).single()
  assert.equal(error, null, JSON.stringify(error))
  assert.equal(data.id, id)
})

// signing out

await check('signing out everywhere, here, or elsewhere', async () => {
  const { client, email } = await signedIn()
  const other = desk()
  await ok(other.auth.signInWithPassword({ email, password: PASSWORD }))
  await client.auth.signOut({ scope: 'others' })
  const gone = await other.auth.getUser()
  assert.equal(gone.error.name, 'AuthSessionMissingError')
  await ok(client.auth.getUser())
  await ok(other.auth.signInWithPassword({ email, password: PASSWORD }))
  await client.auth.signOut({ scope: 'local' })
  await ok(other.auth.getUser())
  await ok(client.auth.signInWithPassword({ email, password: PASSWORD }))
  await client.auth.signOut()
  assert.ok((await other.auth.getUser()).error)
})

await check('a session that was ended elsewhere is forgotten here', async () => {
  const storage = memory()
  const { client, email } = await signedIn({ storage })
  const other = desk()
  await ok(other.auth.signInWithPassword({ email, password: PASSWORD }))
  await other.auth.signOut({ scope: 'others' })
  const events = []
  client.auth.onAuthStateChange((event) => void events.push(event))
  assert.equal((await client.auth.getUser()).error.name, 'AuthSessionMissingError')
  assert.ok(events.includes('SIGNED_OUT'), events.join())
  assert.equal(storage.items.size, 0)
})

await check('signing out of what is over already is no error', async () => {
  const storage = memory()
  const ended = await signedIn({ storage })
  await ok(admin.signOut(ended.session.access_token, 'global'))
  assert.equal((await ended.client.auth.signOut()).error, null)
  assert.equal(storage.items.size, 0)
  const erased = await signedIn({ storage })
  await ok(admin.deleteUser(erased.id))
  assert.equal((await erased.client.auth.signOut()).error, null)
  assert.equal(storage.items.size, 0)
})

// mails

await check('a forgotten password is replaced by mail', async () => {
  const { email } = await person()
  const client = desk()
  await ok(client.auth.resetPasswordForEmail(email))
  const { code } = await mail(email)
  await ok(client.auth.verifyOtp({ email, token: code, type: 'recovery' }))
  await ok(client.auth.updateUser({ password: OTHER }))
  await refused(desk().auth.signInWithPassword({ email, password: PASSWORD }), 400, 'invalid_credentials')
  await ok(desk().auth.signInWithPassword({ email, password: OTHER }))
  await ok(client.auth.resetPasswordForEmail(address()))
})

await check('a link brings a session in its fragment', async () => {
  const { email } = await person()
  await ok(desk().auth.signInWithOtp({ email }))
  const { path } = await mail(email)
  const answer = await fetch(ADDRESS + path, { redirect: 'manual' })
  assert.equal(answer.status, 303)
  const values = new URLSearchParams(new URL(answer.headers.get('location')).hash.slice(1))
  assert.equal(values.get('token_type'), 'bearer')
  const client = desk()
  const { user } = await ok(
    client.auth.setSession({
      access_token: values.get('access_token'),
      refresh_token: values.get('refresh_token'),
    }),
  )
  assert.equal(user.email, email)
})

await check('a link brings a code that is exchanged (PKCE)', async () => {
  const { email } = await person()
  const client = desk({ flowType: 'pkce' })
  await ok(client.auth.resetPasswordForEmail(email))
  const { path, token } = await mail(email)
  assert.match(token, /^pkce_/)
  const answer = await fetch(ADDRESS + path, { redirect: 'manual' })
  const code = new URL(answer.headers.get('location')).searchParams.get('code')
  const { session } = await ok(client.auth.exchangeCodeForSession(code))
  assert.equal(session.user.email, email)
  const stranger = desk({ flowType: 'pkce' })
  await ok(stranger.auth.resetPasswordForEmail(email))
  await mail(email)
  await refused(stranger.auth.exchangeCodeForSession(code), 404, 'flow_state_not_found')
})

await check('a link that is over says so', async () => {
  const answer = await fetch(`${ADDRESS}/auth/v1/verify?token=unknown&type=recovery`, { redirect: 'manual' })
  const there = new URL(answer.headers.get('location'))
  assert.equal(there.searchParams.get('error_code'), 'otp_expired')
  assert.equal(new URLSearchParams(there.hash.slice(1)).get('error'), 'access_denied')
  await refused(
    desk().auth.verifyOtp({ email: address(), token: '123456', type: 'email' }),
    403,
    'otp_expired',
  )
})

await check('a page reads its address: a session, a code, or what is wrong', async () => {
  const { email } = await person()
  const followed = async (path) =>
    (await fetch(ADDRESS + path, { redirect: 'manual' })).headers.get('location')
  await ok(desk().auth.signInWithOtp({ email }))
  const { path } = await mail(email)
  const page = await opened(await followed(path))
  assert.equal(page.error, null)
  assert.equal((await ok(page.client.auth.getUser())).user.email, email)
  assert.equal(page.location.hash, '')

  const storage = memory()
  await ok(desk({ flowType: 'pkce', storage }).auth.signInWithOtp({ email }))
  const exchanged = await opened(await followed((await mail(email)).path), { flowType: 'pkce', storage })
  assert.equal(exchanged.error, null)
  assert.equal((await ok(exchanged.client.auth.getUser())).user.email, email)
  assert.equal(exchanged.location.search, '')

  for (const flowType of ['implicit', 'pkce']) {
    const over = await opened(await followed(path), { flowType })
    assert.equal(over.error.name, 'AuthImplicitGrantRedirectError')
    assert.deepEqual(over.error.details, { error: 'access_denied', code: 'otp_expired' })
    assert.match(over.error.message, /invalid or has expired/)
  }
})

await check('a magic link makes an account for who has none', async () => {
  const email = address()
  const client = desk()
  await ok(client.auth.signInWithOtp({ email, options: { data: { display_name: 'Bo' } } }))
  const { user } = await ok(client.auth.verifyOtp({ email, token: (await mail(email)).code, type: 'email' }))
  assert.equal(user.user_metadata.display_name, 'Bo')
  await ok(desk().auth.signInWithOtp({ email: address(), options: { shouldCreateUser: false } }))
})

await check('another address needs both to agree', async () => {
  const { client, email } = await signedIn()
  const wanted = address()
  const { user } = await ok(client.auth.updateUser({ email: wanted }))
  assert.equal(user.new_email, wanted)
  const half = await ok(
    client.auth.verifyOtp({ email, token: (await mail(email)).code, type: 'email_change' }),
  )
  assert.equal(half.session, null)
  const whole = await ok(
    client.auth.verifyOtp({ email: wanted, token: (await mail(wanted)).code, type: 'email_change' }),
  )
  assert.equal(whole.user.email, wanted)
  await ok(desk().auth.signInWithPassword({ email: wanted, password: PASSWORD }))
})

await check('another password is another one, and a code by mail proves who asks', async () => {
  const { client, email } = await signedIn()
  await refused(client.auth.updateUser({ password: PASSWORD }), 422, 'same_password')
  await refused(client.auth.updateUser({ password: OTHER, nonce: '000000' }), 422, 'reauthentication_not_valid')
  await ok(client.auth.reauthenticate())
  await ok(client.auth.updateUser({ password: OTHER, nonce: (await mail(email)).code }))
  await ok(desk().auth.signInWithPassword({ email, password: OTHER }))
})

await check('identities are those of the account', async () => {
  const { client, email } = await signedIn()
  const { identities } = await ok(client.auth.getUserIdentities())
  assert.equal(identities.length, 1)
  assert.equal(identities[0].provider, 'email')
  assert.equal(identities[0].identity_data.email, email)
})

await check('the only way to sign in is not taken away', async () => {
  const { client } = await signedIn()
  const [identity] = (await ok(client.auth.getUserIdentities())).identities
  await refused(client.auth.unlinkIdentity(identity), 422, 'single_identity_not_deletable')
  const unknown = { ...identity, identity_id: '019a0000-0000-4000-8000-000000000000' }
  await refused(client.auth.unlinkIdentity(unknown), 404, 'identity_not_found')
})

// second factors

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

// RFC 6238: what an authenticator app shows, some steps of 30 s from now
function totp(secret, steps = 0) {
  const bits = [...secret].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps))
  const mac = createHmac('sha1', key).update(counter).digest()
  const at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

await check('a second factor is enrolled, shown, needed and removed', async () => {
  const { client, email } = await signedIn()
  const { mfa } = client.auth
  const factor = await ok(mfa.enroll({ factorType: 'totp', friendlyName: 'Phone' }))
  assert.equal(factor.type, 'totp')
  assert.match(factor.totp.qr_code, /^data:image\/svg\+xml;utf-8,.*<svg/s)
  assert.match(factor.totp.uri, /^otpauth:\/\/totp\//)
  await refused(mfa.enroll({ factorType: 'totp', friendlyName: 'Phone' }), 422, 'mfa_factor_name_conflict')
  const first = await ok(mfa.challenge({ factorId: factor.id }))
  const wrong = totp(factor.totp.secret) === '000000' ? '000001' : '000000'
  await refused(
    mfa.verify({ factorId: factor.id, challengeId: first.id, code: wrong }),
    422,
    'mfa_verification_failed',
  )
  await ok(mfa.verify({ factorId: factor.id, challengeId: first.id, code: totp(factor.totp.secret, -1) }))
  const level = await ok(mfa.getAuthenticatorAssuranceLevel())
  assert.equal(level.currentLevel, 'aal2')
  assert.deepEqual(
    level.currentAuthenticationMethods.map((each) => each.method),
    ['totp', 'password'],
  )
  assert.equal((await ok(mfa.listFactors())).totp.length, 1)

  const other = desk()
  await ok(other.auth.signInWithPassword({ email, password: PASSWORD }))
  assert.equal((await ok(other.auth.mfa.getAuthenticatorAssuranceLevel())).nextLevel, 'aal2')
  await refused(other.auth.updateUser({ password: OTHER }), 401, 'insufficient_aal')
  await refused(other.auth.mfa.unenroll({ factorId: factor.id }), 422, 'insufficient_aal')
  await ok(other.auth.mfa.challengeAndVerify({ factorId: factor.id, code: totp(factor.totp.secret) }))
  await ok(other.auth.refreshSession())
  assert.equal((await ok(other.auth.mfa.getAuthenticatorAssuranceLevel())).currentLevel, 'aal2')
  await ok(other.auth.mfa.unenroll({ factorId: factor.id }))
  assert.equal((await ok(other.auth.mfa.listFactors())).all.length, 0)
})

await check('a second factor of somebody else is removed by administrators', async () => {
  const { client, id } = await signedIn()
  const factor = await ok(client.auth.mfa.enroll({ factorType: 'totp' }))
  const { factors } = await ok(admin.mfa.listFactors({ userId: id }))
  assert.equal(factors[0].id, factor.id)
  await ok(admin.mfa.deleteFactor({ userId: id, id: factor.id }))
  await refused(client.auth.mfa.challenge({ factorId: factor.id }), 404, 'mfa_factor_not_found')
  await refused(client.auth.mfa.enroll({ factorType: 'phone', phone: '+491234567' }), 422, 'mfa_phone_enroll_not_enabled')
})

// administration

await check('accounts are made, read, changed, listed and locked out', async () => {
  const email = address()
  const { user } = await ok(
    admin.createUser({
      email,
      password: PASSWORD,
      email_confirm: true,
      user_metadata: { name: 'Ada' },
      app_metadata: { role: 'agent' },
    }),
  )
  assert.equal(user.app_metadata.role, 'agent')
  assert.equal((await ok(admin.getUserById(user.id))).user.email, email)
  const changed = await ok(admin.updateUserById(user.id, { app_metadata: { role: 'customer' } }))
  assert.equal(changed.user.app_metadata.role, 'customer')
  const first = await ok(admin.listUsers({ page: 1, perPage: 1 }))
  assert.equal(first.users.length, 1)
  assert.ok(first.total >= 2)
  assert.equal(first.nextPage, 2)
  const session = (await ok(desk().auth.signInWithPassword({ email, password: PASSWORD }))).session
  await ok(admin.updateUserById(user.id, { ban_duration: '24h' }))
  await refused(desk().auth.signInWithPassword({ email, password: PASSWORD }), 400, 'user_banned')
  await refused(desk().auth.getUser(session.access_token), 403, 'user_banned')
  await ok(admin.updateUserById(user.id, { ban_duration: 'none' }))
  await ok(desk().auth.signInWithPassword({ email, password: PASSWORD }))
  await ok(admin.deleteUser(user.id, true))
  await refused(desk().auth.signInWithPassword({ email, password: PASSWORD }), 400, 'user_banned')
  await ok(admin.deleteUser(user.id))
  await refused(desk().auth.signInWithPassword({ email, password: PASSWORD }), 400, 'invalid_credentials')
  await refused(admin.getUserById(user.id), 404, 'user_not_found')
})

await check('the admin API refuses what it must', async () => {
  const { email } = await person()
  await refused(admin.createUser({ email }), 422, 'email_exists')
  await refused(admin.getUserById('019a0000-0000-7000-8000-000000000000'), 404, 'user_not_found')
  await refused(admin.createUser({ email: address(), password: 'password1' }), 422, 'weak_password', 'AuthWeakPasswordError')
  const { client } = await signedIn()
  await refused(client.auth.admin.listUsers(), 401, 'no_authorization')
})

await check('people are invited', async () => {
  const email = address()
  const { user } = await ok(admin.inviteUserByEmail(email, { data: { display_name: 'Ivy' } }))
  assert.ok(user.invited_at)
  const client = desk()
  await ok(client.auth.verifyOtp({ email, token: (await mail(email)).code, type: 'invite' }))
  await ok(client.auth.updateUser({ password: PASSWORD }))
  await ok(desk().auth.signInWithPassword({ email, password: PASSWORD }))
  await refused(admin.inviteUserByEmail(email), 422, 'email_exists')
})

await check('links are made for programs that mail themselves', async () => {
  const { email } = await person()
  const { properties, user } = await ok(admin.generateLink({ type: 'magiclink', email }))
  assert.equal(user.email, email)
  assert.equal(properties.verification_type, 'magiclink')
  assert.match(properties.action_link, /\/auth\/v1\/verify\?token=/)
  await ok(desk().auth.verifyOtp({ token_hash: properties.hashed_token, type: 'magiclink' }))
  const recovery = await ok(admin.generateLink({ type: 'recovery', email }))
  await ok(desk().auth.verifyOtp({ email, token: recovery.properties.email_otp, type: 'recovery' }))
})

await check('administrators end sessions by their token', async () => {
  const { client, session } = await signedIn()
  await ok(admin.signOut(session.access_token, 'global'))
  assert.equal((await client.auth.getUser()).error.name, 'AuthSessionMissingError')
})

// signing in at a provider

// plays the browser with which somebody signs in there: from a first address to where the client is told how it went
async function browse(address, subject) {
  const cookies = new Map()
  let at = new URL(address)
  for (let step = 0; step < 10; step++) {
    const form = at.pathname === '/login'
    const own = cookies.get(at.origin) ?? new Map()
    cookies.set(at.origin, own)
    const answer = await fetch(at, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: [...own].map((pair) => pair.join('=')).join('; ') },
      body: form ? new URLSearchParams({ username: subject, password: 'any' }) : undefined,
    })
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = set.match(/^([^=]+)=([^;]*)/)
      own.set(name, value)
    }
    assert.equal(answer.status, 302, `${at} ${await answer.text()}`)
    at = new URL(answer.headers.get('location'), at)
    // tests reach the service at another port than it is told to have
    if (at.pathname === '/auth/v1/callback') at = new URL(at.pathname + at.search, ADDRESS)
    if (at.origin !== new URL(ADDRESS).origin && at.origin !== new URL(PROVIDER).origin) return at
  }
  throw new Error(`still on the way at ${at}`)
}

async function address_of(started) {
  const { url } = await ok(started)
  return url
}

await check('a provider signs in a client that keeps a verifier', async () => {
  const client = desk({ flowType: 'pkce' })
  const url = await address_of(
    client.auth.signInWithOAuth({ provider: 'corp', options: { skipBrowserRedirect: true } }),
  )
  const landed = await browse(url, `one@${PEOPLE}`)
  const { session, user } = await ok(client.auth.exchangeCodeForSession(landed.searchParams.get('code')))
  assert.equal(user.app_metadata.provider, 'corp')
  assert.equal(user.user_metadata.full_name, 'Ada Lovelace')
  assert.ok(session.provider_token)
  const { claims } = await ok(client.auth.getClaims())
  assert.deepEqual([claims.amr[0].method, claims.amr[0].provider], ['oauth', 'corp'])
})

await check('a provider signs in a client that keeps none, as the same person', async () => {
  const client = desk({ flowType: 'implicit' })
  const url = await address_of(
    client.auth.signInWithOAuth({ provider: 'corp', options: { skipBrowserRedirect: true } }),
  )
  const landed = new URLSearchParams((await browse(url, `one@${PEOPLE}`)).hash.slice(1))
  const { user } = await ok(
    client.auth.setSession({
      access_token: landed.get('access_token'),
      refresh_token: landed.get('refresh_token'),
    }),
  )
  assert.equal(user.email, `one@${PEOPLE}`)
})

await check('an identity is added and taken away, and one way in stays', async () => {
  const { client } = await signedIn({ flowType: 'pkce' })
  const link = () =>
    address_of(client.auth.linkIdentity({ provider: 'corp', options: { skipBrowserRedirect: true } }))
  const landed = await browse(await link(), `two@${PEOPLE}`)
  await ok(client.auth.exchangeCodeForSession(landed.searchParams.get('code')))
  const { identities } = await ok(client.auth.getUserIdentities())
  assert.deepEqual(identities.map((each) => each.provider).sort(), ['corp', 'email'])
  const held = await browse(await link(), `one@${PEOPLE}`)
  assert.equal(held.searchParams.get('error_code'), 'identity_already_exists')
  const at = (name) => identities.find((each) => each.provider === name)
  await ok(client.auth.unlinkIdentity(at('corp')))
  await refused(client.auth.unlinkIdentity(at('email')), 422, 'single_identity_not_deletable')
  await refused(client.auth.unlinkIdentity(at('corp')), 404, 'identity_not_found')
})

await check('a provider that there is not is refused', async () => {
  const { client } = await signedIn()
  await refused(
    client.auth.linkIdentity({ provider: 'github', options: { skipBrowserRedirect: true } }),
    400,
    'validation_failed',
  )
})

// the clients of pages keep a channel open, which would keep this going
process.exit()
