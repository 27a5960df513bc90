// One person's life with a desk, by the official client: signed up, confirmed, promoted, locked out, let in, recovered, erased.
//
//   npm install --no-save @supabase/supabase-js@2.119.1        (Node 22 or later; 2.109.0 for Node 20)
//   KEY=sb_publishable_… SECRET=sb_secret_… node samples/people.mjs
//
// The desk must ask for confirmation: --chronodesk.identity.auto-confirm=false. Its mails are read as files, so no mail server may be set.
import { readdirSync, readFileSync } from 'node:fs'
import { createClient } from '@supabase/supabase-js'

const { DESK = 'http://localhost:8080', KEY, SECRET, MAIL = './.chronodesk/mail' } = process.env
const email = `ada-${Date.now()}@example.org`

function desk(key) {
  return createClient(DESK, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: globalThis.WebSocket ?? class {} }, // Node 20 has none, and none is used here
  })
}

async function done(what, answer) {
  const { data, error } = await answer
  if (error) throw new Error(`${what}: ${error.code} ${error.message}`)
  console.log(what)
  return data
}

async function refused(what, code, answer) {
  const { error } = await answer
  if (error?.code !== code) throw new Error(`${what}: ${code} was expected, not ${error?.code}`)
  console.log(`${what}: ${code}`)
}

// the six digits of the last mail of that kind
async function digits(kind) {
  for (let i = 0; i < 200; i++) {
    const file = readdirSync(MAIL)
      .filter((name) => name.startsWith(kind) && readFileSync(`${MAIL}/${name}`, 'utf8').includes(email))
      .sort()
      .at(-1)
    const found = file && readFileSync(`${MAIL}/${file}`, 'utf8').match(/: (\d{6})\s/)
    if (found) return found[1]
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no mail ${kind} in ${MAIL}`)
}

const ada = desk(KEY)
const admin = desk(SECRET).auth.admin
const password = 'correct horse battery'

const { user } = await done('signed up', ada.auth.signUp({ email, password, options: { data: { display_name: 'Ada' } } }))
await refused('signed in too early', 'email_not_confirmed', ada.auth.signInWithPassword({ email, password }))
await done('confirmed', ada.auth.verifyOtp({ email, token: await digits('confirmation'), type: 'signup' }))
await done('promoted', admin.updateUserById(user.id, { app_metadata: { role: 'agent' } }))
const { user: promoted } = await done('asked who she is', ada.auth.getUser())
if (promoted.app_metadata.role !== 'agent') throw new Error('the role counts from the next request on')

await done('locked out', admin.updateUserById(user.id, { ban_duration: '24h' }))
await refused('came with her old token', 'user_banned', ada.auth.getUser())
await refused('signed in anew', 'user_banned', desk(KEY).auth.signInWithPassword({ email, password }))
await done('let in', admin.updateUserById(user.id, { ban_duration: 'none' }))

const again = desk(KEY)
await new Promise((resolve) => setTimeout(resolve, Number(process.env.PAUSE ?? 60_000))) // a mail a minute to an address
await done('forgot her password', again.auth.resetPasswordForEmail(email))
await done('recovered', again.auth.verifyOtp({ email, token: await digits('recovery'), type: 'recovery' }))
await done('chose another one', again.auth.updateUser({ password: 'another horse battery' }))
await done('signed in with it', desk(KEY).auth.signInWithPassword({ email, password: 'another horse battery' }))

await done('erased', admin.deleteUser(user.id))
await refused('came once more', 'user_banned', again.auth.getUser())
await refused('signed in once more', 'invalid_credentials', desk(KEY).auth.signInWithPassword({ email, password: 'another horse battery' }))
