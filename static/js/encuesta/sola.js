// Marcar «Ninguna» desmarca lo demás, y marcar otra cosa la desmarca: así nadie manda dos que no van juntas.

addEventListener(
  "input",
  ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.checked) return;
    for (const otra of target.closest("fieldset")?.querySelectorAll("input") ?? []) {
      if (otra !== target && otra.name === target.name && (target.dataset.sola ?? otra.dataset.sola) !== undefined) otra.checked = false;
    }
  },
  true, // antes que quien recalcula
);
