import { h, parrafos } from "../dom.js";

/**
 * Lo que se lee en voz alta: el aviso y, si las habrá, que se toman fotos.
 * @param {import("../telefono.js").Telefono} telefono @param {string} evento
 */
export function paraLeer(telefono, evento) {
  const { aviso, eventos } = telefono.paquete();
  const fotos = eventos.find(({ id }) => id === evento)?.aviso_fotos;
  return parrafos(fotos ? `${aviso.leido}\n\n${fotos}` : aviso.leido);
}

/** El aviso de privacidad, entero y sin señal. @param {import("../telefono.js").Telefono} telefono @param {string} evento */
export function pantallaAviso(telefono, evento) {
  const { version, simplificado, integral } = telefono.paquete().aviso;
  const nodos = [
    h("h1", null, "Aviso de privacidad"),
    h("h2", null, "Para leer en voz alta"),
    ...paraLeer(telefono, evento),
    h("h2", null, "Aviso simplificado"),
    ...parrafos(simplificado),
    h("h2", null, "Aviso integral"),
    ...parrafos(integral),
    h("p", { class: "suave" }, `Versión ${version}`),
  ];
  return { titulo: "Aviso", atras: evento ? `#/evento/${evento}` : "#/", nodos };
}
