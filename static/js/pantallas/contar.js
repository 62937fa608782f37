import { decirFalla, decirGuardado } from "../barra.js";
import { contar } from "../captura.js";
import { cuenta } from "../cola.js";
import { h } from "../dom.js";

/** En la tabla no cabe la frase entera; quien oye la pantalla sí la oye. @type {Record<string, string>} */
const CORTAS = { O: "Otra", N: "No dice", nd: "No dice" };

/** @param {[string, string]} opcion */
const corta = ([clave, etiqueta]) => CORTAS[clave] ?? etiqueta.replace(/^De (?=\d)/, "").replace(" años", "");

/** El contador: un toque, una persona. @param {import("../telefono.js").Telefono} telefono @param {EventoDelPaquete} evento */
export async function pantallaContar(telefono, evento) {
  const { sexo: sexos, edad: edades } = telefono.paquete().catalogos;
  /** @type {Map<string, HTMLElement>} */
  const celdas = new Map();

  async function pintar() {
    const va = await cuenta(telefono.bd, evento.id);
    for (const [clave, numero] of celdas) numero.textContent = String(va.celdas[clave] ?? 0);
  }

  /** @param {[string, string]} sexo @param {[string, string]} edad */
  function celda([sexo, etiquetaSexo], [edad, etiquetaEdad]) {
    const nombre = `${etiquetaSexo}, ${etiquetaEdad}`;
    const etiqueta = `${corta([sexo, etiquetaSexo])}, ${corta([edad, etiquetaEdad])}`;
    const numero = h("span", null);
    const boton = h("button", { type: "button", class: "celda" }, h("span", { class: "solo-lector" }, `${nombre}: `), numero);
    boton.addEventListener("click", async () => {
      try {
        decirGuardado(telefono, await contar(telefono, evento.id, { sexo, edad }, etiqueta), pintar);
        await pintar();
      } catch (error) {
        decirFalla(error);
      }
    });
    celdas.set(`${sexo}|${edad}`, numero);
    return h("td", null, boton);
  }

  const tabla = h(
    "table",
    { class: "contador" },
    h("thead", null, h("tr", null, h("td", null), ...sexos.map((sexo) => h("th", { scope: "col" }, corta(sexo))))),
    h(
      "tbody",
      null,
      ...edades.map((edad) =>
        h("tr", null, h("th", { scope: "row" }, corta(edad)), ...sexos.map((sexo) => celda(sexo, edad))),
      ),
    ),
  );
  await pintar();
  const nodos = [h("h1", { class: "titulo-chico" }, "Un toque por persona"), tabla];
  return { titulo: evento.titulo, atras: `#/evento/${evento.id}`, evento: evento.id, nodos };
}
