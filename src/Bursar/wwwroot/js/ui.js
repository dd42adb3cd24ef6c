// Bursar's only script. Pages are complete without it; it keeps the document while a list changes (search, filter, sort, page, drawer)
// and adds keys, copy buttons and live refresh. Listeners sit on the document, so nothing is lost when parts are replaced.

const root = document.documentElement
const $ = (selector, from = document) => from.querySelector(selector)
const samePage = url => url.origin === location.origin && url.pathname === location.pathname
root.dataset.js = ''

// --- Same page, new query: fetch and morph -------------------------------------------------------------------------------------------

let current // the request under way; a newer one aborts it
let timer // of the search field
let gentle // during a live refresh, what somebody typed stays
let shown = location.pathname + location.search

async function swap(url, { push = true, top = false, quiet = false } = {}) {
  current?.abort()
  const request = current = new AbortController()
  const main = $('#main')
  if (!quiet) main.setAttribute('aria-busy', 'true')
  try {
    const response = await fetch(url, { headers: { 'X-Swap': 'main', Accept: 'text/html' }, signal: request.signal })
    const html = response.headers.get('content-type')?.startsWith('text/html')
    if (!response.ok || !html || !samePage(new URL(response.url))) return quiet || location.assign(url)
    const next = new DOMParser().parseFromString(await response.text(), 'text/html')
    if (request.signal.aborted || (quiet && busy())) return
    if (push) {
      history.replaceState({ y: scrollY }, '')
      history.pushState({}, '', response.url)
    }
    shown = location.pathname + location.search
    gentle = quiet
    render(next)
    if (top) scrollTo(0, 0)
  } catch (error) {
    if (error.name !== 'AbortError' && !quiet) location.assign(url)
  } finally {
    if (current === request) main.removeAttribute('aria-busy')
  }
}

function render(next) {
  const before = $('[data-drawer]')?.dataset.drawer
  const opener = $('#main tr[data-on] .row-link')?.getAttribute('href')
  document.title = next.title
  morph($('#main'), $('#main', next))
  for (const part of document.querySelectorAll('[data-sync]')) {
    const fresh = part.id && next.getElementById(part.id)
    if (fresh) morph(part, fresh)
  }
  upgrade()
  const drawer = $('[data-drawer]')?.dataset.drawer
  if (drawer && drawer !== before) $('[data-drawer] h2').focus({ preventScroll: true })
  else if (before && !drawer) rows().find(row => row.getAttribute('href') === opener)?.focus({ preventScroll: true })
}

// Makes the old element equal to the new one, in place. What the user holds stays: the field in focus and an open dialog.
function morph(old, fresh) {
  if (old.isEqualNode(fresh) && !old.matches('input,select,textarea') && !$('input,select,textarea', old)) return
  if (old.matches('dialog[open],live-refresh')) return
  const held = old === document.activeElement
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !(name === 'aria-busy' && old.id === 'main')) old.removeAttribute(name)
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  if (old.matches('input')) {
    if (/checkbox|radio/.test(old.type)) gentle || (old.checked = fresh.checked)
    else if (old.type === 'hidden' || !held && !gentle && old.type !== 'file') old.value = fresh.getAttribute('value') ?? ''
  }
  if (!(held && old.matches('select,textarea'))) morphChildren(old, fresh)
}

function morphChildren(old, fresh) {
  let at = old.firstChild
  for (const node of [...fresh.childNodes]) {
    let match = node.id && [...old.children].find(child => child.id === node.id && child.nodeName === node.nodeName)
    if (!match && at && at.nodeName === node.nodeName && !(at.id && at.id !== node.id) && !(node.id && at.id !== node.id)) match = at
    if (!match) {
      old.insertBefore(document.importNode(node, true), at)
      continue
    }
    if (match === at) at = at.nextSibling
    else old.insertBefore(match, at)
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, node)
    else if (match.nodeValue !== node.nodeValue) match.nodeValue = node.nodeValue
  }
  while (at) {
    const gone = at
    at = at.nextSibling
    gone.remove()
  }
}

// After each arrival: what needs script appears, a dialog that came open becomes modal, a summary of errors takes the focus.
function upgrade() {
  for (const part of document.querySelectorAll('[data-js-only][hidden]')) part.hidden = false
  for (const dialog of document.querySelectorAll('dialog[data-modal]')) {
    delete dialog.dataset.modal
    dialog.close()
    dialog.showModal()
  }
  if (!gentle) $('[data-focus]')?.focus()
}

document.addEventListener('click', event => {
  const target = event.target.closest('a,button,[data-nav-toggle]')
  if (!target || event.defaultPrevented) return
  if (target.matches('[data-nav-toggle]')) return toggleNav()
  if (target.matches('[data-copy]')) return copy(target)
  if (target.matches('[data-toast-close]')) return target.closest('.toast').remove()
  if (target.matches('[aria-busy=true],[aria-disabled=true]')) return event.preventDefault()
  if (target.commandForElement === undefined && target.matches('[commandfor]')) return command(target)
  if (!target.matches('a[href]') || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  const url = new URL(target.href)
  if (!samePage(url) || url.hash || target.target || target.hasAttribute('download')) return
  event.preventDefault()
  target.closest('dialog')?.close()
  swap(url.href, { top: target.matches('[rel]') })
})

document.addEventListener('submit', event => {
  const form = event.target
  const button = event.submitter
  if (form.method === 'dialog' || event.defaultPrevented) return
  if (form.method === 'post') {
    if (form.dataset.sent !== undefined) return event.preventDefault()
    form.dataset.sent = ''
    button?.setAttribute('aria-busy', 'true')
    return
  }
  const url = new URL(form.action)
  if (!form.matches('[data-auto-submit]') || !samePage(url)) return
  event.preventDefault()
  clearTimeout(timer)
  form.querySelectorAll('[popover]:popover-open').forEach(menu => menu.hidePopover())
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.append(name, value)
  if (url.href !== location.href) swap(url.href)
})

document.addEventListener('input', event => {
  const form = event.target.closest('[data-auto-submit]')
  if (!form || event.target.type !== 'search') return
  clearTimeout(timer)
  timer = setTimeout(() => form.requestSubmit(), 300)
})

// Jumping to a fragment fires this too; a form that was answered with errors must not be fetched anew then.
addEventListener('popstate', async event => {
  if (shown === location.pathname + location.search) return
  await swap(location.href, { push: false })
  if (event.state?.y !== undefined) scrollTo(0, event.state.y)
})

// A page that comes back from the browser's memory must let its forms be sent again.
addEventListener('pageshow', event => {
  if (!event.persisted) return
  for (const form of document.querySelectorAll('[data-sent]')) delete form.dataset.sent
  for (const button of document.querySelectorAll('button[aria-busy]')) button.removeAttribute('aria-busy')
})

// --- Small things ----------------------------------------------------------------------------------------------------------------------

function toggleNav() {
  const open = root.dataset.nav === 'open'
  if (open) delete root.dataset.nav
  else root.dataset.nav = 'open'
  $(open ? 'header [data-nav-toggle]' : '.side [data-nav-toggle]')?.focus()
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy)
  say('Copied')
}

function say(text) {
  const toast = document.createElement('div')
  toast.className = 'toast'
  toast.textContent = text
  $('#toasts').append(toast)
  setTimeout(() => toast.remove(), 2000)
}

// For browsers without invoker commands.
function command(button) {
  const dialog = document.getElementById(button.getAttribute('commandfor'))
  if (button.getAttribute('command') === 'show-modal') dialog?.showModal()
  else dialog?.close()
}

document.addEventListener('change', event => {
  const { target } = event
  if (target.type === 'file') {
    const name = $('[data-file-name]', target.closest('.drop') ?? document)
    if (name && target.files[0]) name.textContent = target.files[0].name
  }
  if (target.matches('[data-keys-off]')) localStorage.setItem('keys', target.checked ? 'off' : 'on')
})

// --- Keys ------------------------------------------------------------------------------------------------------------------------------

const rows = () => [...document.querySelectorAll('#main [data-rows] .row-link')]
let going // "g" was pressed and waits for its letter

function move(step) {
  const all = rows()
  const here = all.findIndex(row => row === document.activeElement || (!all.includes(document.activeElement) && row.closest('tr[data-on]')))
  all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + step))]?.focus()
}

const keys = {
  '/': () => $('[data-key="/"]')?.focus(),
  f: () => $('[data-key=f]')?.focus(),
  n: () => $('[data-key=n]')?.click(),
  j: () => move(1),
  k: () => move(-1),
  g: () => { going = Date.now() },
  '?': () => $('#keys')?.showModal(),
}

document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape') {
    if (root.dataset.nav === 'open') return toggleNav()
    if (!$('dialog[open],[popover]:popover-open')) $('[data-drawer-close]')?.click()
    return
  }
  if (event.target.closest('input,select,textarea,dialog,[popover],[contenteditable]') || localStorage.getItem('keys') === 'off') return
  const link = going && Date.now() - going < 1500 && $(`[data-go="${CSS.escape(event.key)}"]`)
  going = 0
  if (link) link.click()
  else if (keys[event.key]) keys[event.key]()
  else return
  event.preventDefault()
})

// --- Live refresh ------------------------------------------------------------------------------------------------------------------------

const busy = () => document.hidden || $('dialog[open],[popover]:popover-open') || current?.signal.aborted === false && $('#main[aria-busy]')

customElements.define('live-refresh', class extends HTMLElement {
  connectedCallback() {
    this.watch = () => document.hidden ? this.close() : this.open()
    document.addEventListener('visibilitychange', this.watch)
    this.open()
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.watch)
    this.close()
  }

  open() {
    if (this.source || document.hidden) return
    this.source = new EventSource(this.getAttribute('src'))
    this.source.onopen = () => this.lost(false)
    this.source.onerror = () => this.lost(true)
    this.source.onmessage = () => {
      clearTimeout(this.soon)
      this.soon = setTimeout(() => this.refresh(), 250)
    }
  }

  // While somebody is in a dialog or menu the news waits.
  refresh() {
    if (busy()) this.soon = setTimeout(() => this.refresh(), 1000)
    else swap(location.href, { push: false, quiet: true })
  }

  // Says so only after half a minute: a short break heals by itself.
  lost(isLost) {
    if (!isLost) {
      clearTimeout(this.since)
      this.since = 0
      this.firstElementChild.hidden = true
    } else this.since ||= setTimeout(() => { this.firstElementChild.hidden = false }, 30000)
  }

  close() {
    clearTimeout(this.soon)
    clearTimeout(this.since)
    this.since = 0
    this.source?.close()
    this.source = null
  }
})

const switchOff = $('[data-keys-off]')
if (switchOff) switchOff.checked = localStorage.getItem('keys') === 'off'
upgrade()
