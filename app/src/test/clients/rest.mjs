// What @supabase/supabase-js does with /rest/v1, unmodified. Prints one line of JSON for each check: {"name", "problem"}.
// The address, the publishable key and the people come from the environment (see ClientsSpec).
import assert from 'node:assert/strict'
import { createClient } from '@supabase/supabase-js'

const { ADDRESS, KEY, PASSWORD, CUSTOMER, AGENT } = process.env

// Node 20 has no WebSocket of its own, and the client wants one even if it never connects
const realtime = { transport: globalThis.WebSocket ?? class {} }

function desk(options = {}) {
  return createClient(ADDRESS, KEY, { auth: { persistSession: false, autoRefreshToken: false }, realtime, ...options })
}

async function signedIn(email) {
  const client = desk()
  const { data, error } = await client.auth.signInWithPassword({ email, password: PASSWORD })
  assert.equal(error, null)
  return { client, id: data.user.id }
}

async function check(name, run) {
  let problem = null
  try {
    await run()
  } catch (e) {
    problem = String(e?.stack ?? e)
  }
  console.log(JSON.stringify({ name, problem }))
}

async function rows(query) {
  const { data, error } = await query
  assert.equal(error, null, JSON.stringify(error))
  return data
}

async function refused(query, status, code) {
  const answer = await query
  assert.equal(answer.data, null)
  assert.equal(answer.status, status, JSON.stringify(answer.error))
  assert.equal(answer.error.code, code)
  for (const name of ['message', 'details', 'hint']) assert.ok(name in answer.error, name)
  return answer.error
}

const customer = await signedIn(CUSTOMER)
const agent = await signedIn(AGENT)
const a = agent.client

const made = await rows(
  customer.client
    .from('tickets')
    .insert([
      { subject: 'Printer on fire', description: 'It really is.', tags: ['fire', 'printer'] },
      { subject: 'Mouse asleep', description: 'Since noon.', tags: ['mouse'] },
      { subject: 'Screen, "blue"', description: 'All of it.', tags: [] },
    ])
    .select('id,subject,number'),
)
const [printer, mouse, screen] = made
const ids = made.map((row) => row.id)
const mine = (columns, options) => a.from('tickets').select(columns, options).in('id', ids)
const subjects = async (query) => (await rows(query)).map((row) => row.subject).sort()

await rows(
  a.from('tickets').update({ priority: 'high', assignee_id: agent.id, status: 'open' }).eq('id', printer.id).select(),
)
await rows(
  a
    .from('ticket_comments')
    .insert([
      { ticket_id: printer.id, body: 'Water?', visibility: 'public' },
      { ticket_id: printer.id, body: 'Not again.', visibility: 'internal' },
    ])
    .select('id'),
)

// select

await check('columns, another name and a cast', async () => {
  const row = await rows(mine('nr:number::text,subject').eq('id', printer.id).single())
  assert.deepEqual(row, { nr: String(printer.number), subject: 'Printer on fire' })
})
await check('a step inside JSON', async () => {
  const row = await rows(mine('first:tags->>0').eq('id', printer.id).single())
  assert.deepEqual(row, { first: 'fire' })
})
await check('aggregates and what they are grouped by', async () => {
  const grouped = await rows(mine('status,count(),n:id.count()::text').order('status'))
  assert.deepEqual(grouped, [
    { status: 'new', count: 2, n: '2' },
    { status: 'open', count: 1, n: '1' },
  ])
})
await check('a row that belongs to it, by the relationship, the column and a hint', async () => {
  for (const embed of ['who:tickets_assignee(id)', 'who:assignee_id(id)', 'who:profiles!tickets_assignee(id)']) {
    const row = await rows(mine(`subject,${embed}`).eq('id', printer.id).single())
    assert.deepEqual(row, { subject: 'Printer on fire', who: { id: agent.id } }, embed)
  }
  assert.equal((await rows(mine('tickets_assignee(id)').eq('id', mouse.id).single())).tickets_assignee, null)
})
await check('the rows that belong to it', async () => {
  const row = await rows(
    mine('ticket_comments(body)')
      .eq('id', printer.id)
      .order('body', { referencedTable: 'ticket_comments', ascending: false })
      .single(),
  )
  assert.deepEqual(row.ticket_comments, [{ body: 'Water?' }, { body: 'Not again.' }])
})
await check('filter, limit and alternatives of embedded rows', async () => {
  const one = await rows(
    mine('ticket_comments(body)').eq('id', printer.id).eq('ticket_comments.visibility', 'internal').single(),
  )
  assert.deepEqual(one.ticket_comments, [{ body: 'Not again.' }])
  const limited = await rows(
    mine('ticket_comments(body)').eq('id', printer.id).limit(1, { referencedTable: 'ticket_comments' }).single(),
  )
  assert.equal(limited.ticket_comments.length, 1)
  const either = await rows(
    mine('ticket_comments(body)')
      .eq('id', printer.id)
      .or('body.eq.Water?,body.eq.none', { referencedTable: 'ticket_comments' })
      .single(),
  )
  assert.deepEqual(either.ticket_comments, [{ body: 'Water?' }])
})
await check('only rows with some, and only those without', async () => {
  assert.deepEqual(await subjects(mine('subject,ticket_comments!inner(id)')), ['Printer on fire'])
  assert.deepEqual(await subjects(mine('subject,ticket_comments()').is('ticket_comments', null)), [
    'Mouse asleep',
    'Screen, "blue"',
  ])
})
await check('spread columns', async () => {
  const row = await rows(mine('subject,...tickets_assignee(who:id)').eq('id', printer.id).single())
  assert.deepEqual(row, { subject: 'Printer on fire', who: agent.id })
})
await check('many to many by a junction', async () => {
  assert.ok(Array.isArray(await rows(a.from('teams').select('id,profiles!team_members(id)').limit(1))))
})
await check('several relationships are a question with its answers', async () => {
  const error = await refused(mine('profiles(id)'), 300, 'PGRST201')
  assert.ok(error.details.length >= 2)
  assert.match(error.hint, /profiles!/)
})
await check('no relationship is an error', () => refused(mine('schedules(id)'), 400, 'PGRST200'))

// filters: what each leaves of the three tickets

const [P, M, S] = made.map((row) => row.subject)
const filters = {
  eq: [(q) => q.eq('priority', 'high'), [P]],
  'eq of a comma and quotes': [(q) => q.eq('subject', S), [S]],
  neq: [(q) => q.neq('priority', 'high'), [M, S]],
  gt: [(q) => q.gt('number', printer.number), [M, S]],
  gte: [(q) => q.gte('number', mouse.number), [M, S]],
  lt: [(q) => q.lt('number', mouse.number), [P]],
  lte: [(q) => q.lte('number', mouse.number), [P, M]],
  like: [(q) => q.like('subject', 'Print%'), [P]],
  ilike: [(q) => q.ilike('subject', '%ASLEEP'), [M]],
  likeAllOf: [(q) => q.likeAllOf('subject', ['P%', '%fire']), [P]],
  likeAnyOf: [(q) => q.likeAnyOf('subject', ['P%', 'M%']), [P, M]],
  ilikeAllOf: [(q) => q.ilikeAllOf('subject', ['p%', '%FIRE']), [P]],
  ilikeAnyOf: [(q) => q.ilikeAnyOf('subject', ['p%', 'm%']), [P, M]],
  'is null': [(q) => q.is('assignee_id', null), [M, S]],
  'in of a comma and quotes': [(q) => q.in('subject', [P, 'Mouse asleep']), [P, M]],
  contains: [(q) => q.contains('tags', ['fire']), [P]],
  containedBy: [(q) => q.containedBy('tags', ['mouse', 'cat']), [M, S]],
  overlaps: [(q) => q.overlaps('tags', ['mouse', 'printer']), [P, M]],
  textSearch: [(q) => q.textSearch('subject', 'fires', { config: 'english' }), [P]],
  'textSearch plain': [(q) => q.textSearch('subject', 'printer fire', { type: 'plain', config: 'english' }), [P]],
  'textSearch phrase': [(q) => q.textSearch('subject', 'mouse asleep', { type: 'phrase' }), [M]],
  'textSearch websearch': [(q) => q.textSearch('subject', 'mouse or printer', { type: 'websearch' }), [P, M]],
  match: [(q) => q.match({ status: 'open', priority: 'high' }), [P]],
  not: [(q) => q.not('status', 'eq', 'open'), [M, S]],
  'not in': [(q) => q.not('status', 'in', '(open,pending)'), [M, S]],
  or: [(q) => q.or(`priority.eq.high,and(status.eq.new,subject.like.Mouse*)`), [P, M]],
  filter: [(q) => q.filter('subject', 'imatch', '^(printer|mouse)'), [P, M]],
}
for (const [name, [narrowed, expected]] of Object.entries(filters))
  await check(`filter ${name}`, async () =>
    assert.deepEqual(await subjects(narrowed(mine('subject'))), [...expected].sort()))

await check('a range is refused by PostgreSQL where the column is none', async () => {
  // no column of the desk is a range: what counts is that the operator and its value arrive
  for (const range of ['rangeGt', 'rangeGte', 'rangeLt', 'rangeLte', 'rangeAdjacent']) {
    const { error, status } = await mine('id')[range]('created_at', '[2026-01-01,2026-02-01)')
    assert.ok(status >= 400 && status < 500, `${range}: ${status}`)
    assert.notEqual(error.code, 'PGRST100', range)
  }
})

// order, pages, counts, forms

await check('order, with nulls where they are wanted', async () => {
  const first = (options) => rows(mine('assignee_id').order('assignee_id', options))
  assert.equal((await first({ nullsFirst: true }))[0].assignee_id, null)
  assert.equal((await first({ nullsFirst: false }))[0].assignee_id, agent.id)
  assert.equal((await first({ ascending: false, nullsFirst: false }))[0].assignee_id, agent.id)
})
await check('limit and range', async () => {
  assert.deepEqual(await rows(mine('subject').order('number').limit(1)), [{ subject: P }])
  assert.deepEqual(await rows(mine('subject').order('number').range(1, 2)), [{ subject: M }, { subject: S }])
})
for (const count of ['exact', 'planned', 'estimated'])
  await check(`count ${count}, with rows and without`, async () => {
    const page = await mine('id', { count }).limit(1)
    assert.equal(page.error, null)
    assert.equal(page.data.length, 1)
    assert.ok(Number.isInteger(page.count) && page.count >= 1)
    const head = await mine('id', { count, head: true })
    assert.equal(head.error, null)
    assert.ok(!head.data)
    if (count === 'exact') assert.deepEqual([page.count, page.status, head.count], [3, 206, 3])
  })
await check('beyond the last row', () => refused(mine('id', { count: 'exact' }).range(50, 60), 416, 'PGRST103'))
await check('single is one row, or says how many', async () => {
  assert.equal((await rows(mine('id').eq('id', mouse.id).single())).id, mouse.id)
  assert.match((await refused(mine('id').single(), 406, 'PGRST116')).details, /3 rows/)
  assert.match((await refused(mine('id').eq('status', 'closed').single(), 406, 'PGRST116')).details, /0 rows/)
})
await check('maybeSingle is one row or none', async () => {
  assert.equal((await rows(mine('id').eq('id', mouse.id).maybeSingle())).id, mouse.id)
  assert.equal(await rows(mine('id').eq('status', 'closed').maybeSingle()), null)
  assert.equal((await mine('id').maybeSingle()).error.code, 'PGRST116')
})
await check('csv', async () => {
  assert.equal(await rows(mine('subject').eq('id', screen.id).csv()), 'subject\n"Screen, ""blue"""')
})
await check('schema', async () => {
  assert.equal((await rows(a.schema('public').from('tickets').select('id').eq('id', mouse.id))).length, 1)
  await refused(a.schema('private').from('tickets').select('id'), 406, 'PGRST106')
})

// functions

await check('rpc of a function by POST and GET, filtered and ordered', async () => {
  const since = '2020-01-01T00:00:00Z'
  const until = '2100-01-01T00:00:00Z'
  for (const get of [false, true]) {
    const one = await rows(
      a.rpc('agent_performance', { since, until }, { get }).select('agent_id,replies').eq('agent_id', agent.id).single(),
    )
    assert.deepEqual(one, { agent_id: agent.id, replies: 1 }, `get: ${get}`)
  }
  const found = await rows(a.rpc('search_tickets', { query: 'printer' }).select('id').order('id'))
  assert.ok(found.some((row) => row.id === printer.id))
})
await check('rpc counts without rows', async () => {
  const answer = await a.rpc('search_tickets', { query: 'printer' }, { head: true, count: 'exact' })
  assert.equal(answer.error, null)
  assert.ok(answer.count >= 1)
})
await check('rpc of a command answers its row', async () => {
  const ticket = await rows(
    customer.client.rpc('create_ticket', { subject: 'By name', description: 'Called.' }).select('id,subject').single(),
  )
  assert.equal(ticket.subject, 'By name')
  await refused(a.rpc('create_ticket', { subject: 'x' }, { get: true }), 405, 'PGRST101')
})
await check('rpc of nothing says so', async () => {
  await refused(a.rpc('agent_performanse', { since: null, until: null }), 404, 'PGRST202')
})

// rows

await check('insert without rows wanted, and with one', async () => {
  const bare = await a.from('ticket_comments').insert({ ticket_id: mouse.id, body: 'Hm.', visibility: 'internal' })
  assert.deepEqual([bare.status, bare.data, bare.error], [201, null, null])
  const one = await a
    .from('ticket_comments')
    .insert({ ticket_id: mouse.id, body: 'Wake up.', visibility: 'public' }, { count: 'exact' })
    .select('body,ticket:ticket_comments_ticket(subject)')
    .single()
  assert.deepEqual([one.status, one.count], [201, 1])
  assert.deepEqual(one.data, { body: 'Wake up.', ticket: { subject: M } })
})
await check('update with rows and without', async () => {
  const with_ = await a.from('tickets').update({ priority: 'low' }).eq('id', mouse.id).select('priority').single()
  assert.deepEqual([with_.status, with_.data], [200, { priority: 'low' }])
  const bare = await a.from('tickets').update({ priority: 'normal' }).eq('id', mouse.id)
  assert.deepEqual([bare.status, bare.data, bare.error], [204, null, null])
})
await check('update of more rows than maxAffected', async () => {
  await refused(a.from('tickets').update({ priority: 'low' }).in('id', ids).maxAffected(1), 400, 'PGRST124')
})
await check('upsert changes what is there, makes what is not, or passes it over', async () => {
  const there = { id: mouse.id, subject: M, description: 'Since noon.', priority: 'urgent' }
  const fresh = { id: crypto.randomUUID(), subject: 'Fresh', description: 'New.', priority: 'low' }
  const both = await a.from('tickets').upsert([there, fresh]).select('id,priority')
  assert.deepEqual([both.status, both.data], [201, [there, fresh].map(({ id, priority }) => ({ id, priority }))])
  const again = await a.from('tickets').upsert(there, { onConflict: 'id' }).select('priority').single()
  assert.deepEqual([again.status, again.data], [200, { priority: 'urgent' }])
  const passed = await a
    .from('tickets')
    .upsert({ ...there, priority: 'low' }, { ignoreDuplicates: true })
    .select()
  assert.deepEqual(passed.data, [])
  await refused(a.from('tickets').upsert({ ...there, subject: 'Other' }), 400, '428C9')
})
await check('delete is refused', () => refused(a.from('tickets').delete().eq('id', mouse.id), 405, 'PGRST117'))

// errors, rights, manners

await check('errors have their four parts', async () => {
  await refused(a.from('tickets').select('colour'), 400, '42703')
  await refused(a.from('tickets').select('id').eq('id', 'x'), 400, '22P02')
  await refused(a.from('tickits').select(), 404, 'PGRST205')
  await refused(a.from('tickets').update({ subject: 'x' }).eq('id', mouse.id), 400, '428C9')
  await refused(a.from('tickets').update({ status: 'odd' }).eq('id', mouse.id), 400, 'malformed')
})
await check('who is not signed in sees nothing', () => refused(desk().from('tickets').select(), 401, '42501'))
await check('a customer sees no internal note', async () => {
  const seen = await rows(customer.client.from('ticket_comments').select('body').eq('ticket_id', printer.id))
  assert.deepEqual(seen, [{ body: 'Water?' }])
})
await check('throwOnError throws the error', async () => {
  await assert.rejects(async () => await a.from('tickets').select('colour').throwOnError(), { code: '42703' })
})
await check('abortSignal breaks it off', async () => {
  const controller = new AbortController()
  controller.abort()
  const { error } = await a.from('tickets').select('id').abortSignal(controller.signal)
  assert.match(`${error.message} ${error.details}`, /abort/i)
})

// a client that keeps timers must not keep the program
process.exit(0)
