// Lets a reader choose the columns of the matrix, and names the choice in the address: ?show=a,b.
// Without it every column stands there.
const heads = [...document.querySelectorAll(".conc-matrix thead th[data-key]")]
const keys = heads.map(head => head.dataset.key)

function show(chosen) {
  const all = !chosen.some(key => keys.includes(key))
  keys.forEach((key, place) => {
    const hidden = !all && !chosen.includes(key)
    for (const row of document.querySelector(".conc-matrix").rows) row.cells[place + 1].hidden = hidden
    for (const line of document.querySelectorAll(`.conc-ratios tr[data-key="${CSS.escape(key)}"]`)) {
      line.hidden = hidden
    }
    boxes[place].checked = !hidden
  })
}

const choice = document.querySelector(".conc-choice")
const boxes = [...document.querySelectorAll(".conc-choice input")]
choice?.addEventListener("change", () => {
  const chosen = keys.filter((_, place) => boxes[place].checked)
  const address = new URL(location)
  address.searchParams.set("show", chosen.join(","))
  if (chosen.length === keys.length) address.searchParams.delete("show")
  history.replaceState(null, "", address)
  show(chosen)
})
if (choice) show((new URLSearchParams(location.search).get("show") ?? "").split(","))
