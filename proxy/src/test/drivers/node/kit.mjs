// What the programs for Node.js share: the URL, a name of the program's own, and the lines that `run` reads.
import { deepStrictEqual } from 'node:assert'
import { createRequire } from 'node:module'

export const url = process.env.DATABASE_URL
// Every table, channel and lock of a program carries its name: several run at the same time.
export const mark = process.env.DRIVER_MARK ?? `d${process.pid}`
export const workers = 4
export const rounds = 25
export const equal = deepStrictEqual

// Unlike for every worker, and unlike any default.
export const settings = worker => ({
  statement_timeout: `${40001 + worker}ms`,
  search_path: `${mark}_s${worker}, public`,
  'app.tenant': `${mark} tenant ${worker}`,
})

export const numbers = n => Array.from({ length: n }, (_, i) => i)

export function begin(name, packageName = name) {
  const require = createRequire(import.meta.url)
  let version = '?'
  for (const directory of require.resolve.paths(packageName)) {
    try {
      version = require(`${directory}/${packageName}/package.json`).version
      break
    } catch {
      // in the next one
    }
  }
  console.log(`client ${name} ${version}`)
}

const afterCheck = []

// Called after each check: a failed one must not go on holding a server in a transaction.
export const after = step => afterCheck.push(step)

const within = (promise, ms) => {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not ended after ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

// Runs one check and says how it went; a check that fails does not keep the next from running.
export async function check(name, body) {
  try {
    await within(Promise.resolve(body()), 50_000)
    console.log(`ok ${name}`)
  } catch (e) {
    const inner = e.cause?.message ? `${e.message} (${e.cause.message})` : e.message || String(e)
    console.log(`not ok ${name}: ${inner.replace(/\s+/g, ' ').slice(0, 300)}`)
    if (process.env.DRIVER_TRACE) console.error(e)
  }
  for (const step of afterCheck) await within(step(), 10_000).catch(() => {})
}

export async function concurrently(work, count = workers) {
  const ends = await Promise.allSettled(numbers(count).map(work))
  const failed = ends.find(end => end.status === 'rejected')
  if (failed) throw failed.reason
}

export async function fails(promise, code) {
  try {
    await promise
  } catch (e) {
    const found = e.code ?? e.driverError?.code ?? e.original?.code ?? e.cause?.code
    if (found !== code) throw e
    return e
  }
  throw new Error(`no error ${code}`)
}

// Waits until the condition holds, for ten seconds at most.
export async function eventually(condition) {
  const end = Date.now() + 10_000
  while (!condition() && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 20))
}

export const finish = () => process.exit(0)
