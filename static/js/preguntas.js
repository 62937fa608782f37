// Sexo, edad y procedencia: un toque cada una, con el pulgar. El nombre sólo si el evento lo pide y es mayor de edad.

import { boton, h } from "./dom.js";
import { puedeDarNombre } from "./registro.js";

/** @typedef {Demograficos & {nombre: string, telefono: string}} Respuestas */

/**
 * @param {object} p
 * @param {Paquete["catalogos"]} p.catalogos
 * @param {EventoDelPaquete["pide"]} p.pide
 * @param {(respuestas: Respuestas) => Promise<void>} p.alTerminar guarda; mientras no acabe, no hay otro toque
 * @param {Node[]} [p.arriba] lo que va sobre la primera pregunta
 */
export function preguntar({ catalogos, pide, alTerminar, arriba = [] }) {
  const caja = h("div", { class: "preguntas" });
  /** @type {Respuestas} */
  let datos;

  /** @param {string} titulo @param {...Node} nodos */
  function paso(titulo, ...nodos) {
    const encabezado = h("h1", { tabindex: "-1" }, titulo);
    caja.replaceChildren(encabezado, ...nodos);
    if (caja.isConnected) encabezado.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  /** @param {[string, string][]} opciones @param {(clave: string) => unknown} alElegir */
  const opciones = (opciones, alElegir) =>
    h(
      "div",
      { class: "opciones" },
      ...opciones.map(([clave, etiqueta]) => boton(etiqueta, "opcion", () => alElegir(clave))),
    );

  const volver = (/** @type {() => void} */ a) => boton("‹ Corregir lo anterior", "boton-texto", a);

  function sexo() {
    datos = { sexo: "", edad: "", procedencia: "nd", nombre: "", telefono: "" };
    paso("¿Usted es…?", ...arriba, opciones(catalogos.sexo, (clave) => ((datos.sexo = clave), edad())));
  }

  function edad() {
    paso(
      "¿Cuántos años tiene?",
      opciones(catalogos.edad, (clave) => {
        datos.edad = clave;
        const conNombre = (pide.nombre || pide.telefono) && puedeDarNombre(clave);
        return conNombre || pide.procedencia ? ultimo(conNombre) : guardar();
      }),
      volver(sexo),
    );
  }

  /** @param {boolean} conNombre */
  function ultimo(conNombre) {
    const nombre = campo("nombre", "Nombre (si quiere darlo)", { autocapitalize: "words", maxlength: "120" });
    const telefono = campo("telefono", "Teléfono (si quiere darlo)", { inputmode: "tel", maxlength: "20" });
    const tomar = () => {
      datos.nombre = nombre.entrada.value;
      datos.telefono = telefono.entrada.value;
      return guardar();
    };
    const pedidos = [conNombre && pide.nombre && nombre.nodo, conNombre && pide.telefono && telefono.nodo];
    const campos = /** @type {HTMLElement[]} */ (pedidos.filter(Boolean));
    if (!pide.procedencia) {
      paso("¿Cómo se llama?", ...campos, boton("Guardar", "boton boton-fuerte", tomar), volver(edad));
      return;
    }
    paso(
      "¿De dónde viene?",
      ...campos,
      h("p", { class: "suave" }, "Al tocar de dónde viene, se guarda."),
      opciones(catalogos.procedencia, (clave) => ((datos.procedencia = clave), tomar())),
      volver(edad),
    );
  }

  const guardar = () => alTerminar(datos);

  sexo();
  return { caja, empezar: sexo };
}

/** @param {string} id @param {string} etiqueta @param {Record<string, string>} atributos */
function campo(id, etiqueta, atributos) {
  const entrada = h("input", { id, type: "text", autocomplete: "off", ...atributos });
  return { entrada, nodo: h("div", { class: "campo" }, h("label", { for: id }, etiqueta), entrada) };
}
