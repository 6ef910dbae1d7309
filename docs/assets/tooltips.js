// Exact values on a chart's marks: on hover, tap and keyboard focus. The chart itself is an SVG
// that needs no script, and the same values stand in the table behind it.
const tip = document.createElement("div")
tip.className = "conc-tip"
tip.hidden = true
tip.setAttribute("aria-hidden", "true")
document.body.append(tip)

let shown = null

function show(mark) {
  shown?.classList.remove("conc-shown")
  shown = mark
  tip.hidden = !mark
  if (!mark) return
  mark.classList.add("conc-shown")
  tip.textContent = mark.dataset.tip
  const box = mark.getBoundingClientRect()
  const {width, height} = tip.getBoundingClientRect()
  const left = Math.min(Math.max(8, box.left + (box.width - width) / 2), innerWidth - width - 8)
  const above = box.top - height - 8
  tip.style.transform = `translate(${left}px, ${above > 56 ? above : box.bottom + 8}px)`
}

const markOf = event => event.target.closest("[data-tip]")

for (const drawing of document.querySelectorAll(".conc-plot > svg")) {
  const marks = [...drawing.querySelectorAll("[data-tip]")]
  if (!marks.length) continue
  // One stop of the Tab key for a drawing; its arrow keys go from mark to mark.
  drawing.setAttribute("role", "group")
  for (const mark of marks) {
    mark.setAttribute("tabindex", mark === marks[0] ? 0 : -1)
    mark.setAttribute("role", "img")
    mark.setAttribute("aria-label", mark.dataset.tip)
  }
  drawing.addEventListener("keydown", event => {
    if (event.key === "Escape") show(null)
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key]
    const from = marks.indexOf(event.target)
    if (!step || from < 0) return
    event.preventDefault()
    const next = marks[(from + step + marks.length) % marks.length]
    event.target.setAttribute("tabindex", -1)
    next.setAttribute("tabindex", 0)
    next.focus()
  })
  drawing.addEventListener("focusin", event => show(markOf(event)))
  drawing.addEventListener("focusout", () => show(null))
  drawing.addEventListener("pointerover", event => show(markOf(event)))
  drawing.addEventListener("pointerleave", () => show(null))
}
addEventListener("scroll", () => show(shown), {passive: true}) // focus may scroll: go along
