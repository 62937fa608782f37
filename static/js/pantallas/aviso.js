import { h, parrafos } from "../dom.js";

/** El aviso de privacidad, entero y sin señal. @param {import("../telefono.js").Telefono} telefono @param {string} evento */
export function pantallaAviso(telefono, evento) {
  const { version, simplificado, integral, leido } = telefono.paquete().aviso;
  const nodos = [
    h("h1", null, "Aviso de privacidad"),
    h("h2", null, "Para leer en voz alta"),
    ...parrafos(leido),
    h("h2", null, "Aviso simplificado"),
    ...parrafos(simplificado),
    h("h2", null, "Aviso integral"),
    ...parrafos(integral),
    h("p", { class: "suave" }, `Versión ${version}`),
  ];
  return { titulo: "Aviso", atras: evento ? `#/evento/${evento}` : "#/", nodos };
}
