import { decirFalla, decirGuardado } from "../barra.js";
import { contar } from "../captura.js";
import { cuenta } from "../cola.js";
import { h, plural } from "../dom.js";

/** El contador: un toque, una persona. @param {import("../telefono.js").Telefono} telefono @param {EventoDelPaquete} evento */
export async function pantallaContar(telefono, evento) {
  const { sexo: sexos, edad: edades } = telefono.paquete().catalogos;
  const total = h("p", { class: "cuenta cuenta-chica" });
  /** @type {Map<string, {boton: HTMLButtonElement, numero: HTMLElement, nombre: string}>} */
  const celdas = new Map();

  async function pintar() {
    const va = await cuenta(telefono.bd, evento.id);
    total.replaceChildren(h("strong", { class: "cuenta-numero" }, va.total.toLocaleString("es-MX")), " en este teléfono");
    for (const [clave, { boton, numero, nombre }] of celdas) {
      const n = va.celdas[clave] ?? 0;
      numero.textContent = String(n);
      boton.setAttribute("aria-label", `${nombre}: ${plural(n, "contada")}`);
    }
  }

  /** @param {[string, string]} sexo @param {[string, string]} edad */
  function celda([sexo, etiquetaSexo], [edad, etiquetaEdad]) {
    const nombre = `${etiquetaSexo}, ${etiquetaEdad}`;
    const numero = h("span", null);
    const boton = h("button", { type: "button", class: "celda" }, h("span", { class: "mas" }, "+1"), numero);
    boton.addEventListener("click", async () => {
      try {
        decirGuardado(telefono, await contar(telefono, evento.id, { sexo, edad }, nombre), pintar);
        await pintar();
      } catch (error) {
        decirFalla(error);
      }
    });
    celdas.set(`${sexo}|${edad}`, { boton, numero, nombre });
    return h("td", null, boton);
  }

  const tabla = h(
    "table",
    { class: "contador" },
    h("thead", null, h("tr", null, h("td", null), ...sexos.map(([, nombre]) => h("th", { scope: "col" }, nombre)))),
    h(
      "tbody",
      null,
      ...edades.map((edad) =>
        h("tr", null, h("th", { scope: "row" }, edad[1]), ...sexos.map((sexo) => celda(sexo, edad))),
      ),
    ),
  );
  await pintar();
  const nodos = [h("h1", null, "Contar"), h("p", { class: "suave" }, "Toque una vez por persona."), total, tabla];
  return { titulo: evento.titulo, atras: `#/evento/${evento.id}`, nodos };
}
