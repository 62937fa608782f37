/**
 * Un formulario se manda una vez. Al probar quién es, la sesión cambia de número: un segundo toque llegaría con el de antes
 * y parecería que se acabó. Sin este módulo la página sirve igual.
 */

for (const formulario of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-una-vez]"))) {
  formulario.addEventListener("submit", (suceso) => {
    if (formulario.dataset.unaVez === "ya") suceso.preventDefault();
    formulario.dataset.unaVez = "ya";
  });
  addEventListener("pageshow", () => (formulario.dataset.unaVez = ""));
}
