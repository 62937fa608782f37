import { decirFalla, decirGuardado } from "../barra.js";
import { registrarAsistencia } from "../captura.js";
import { h } from "../dom.js";
import { preguntar } from "../preguntas.js";
import { loQuePide, nuevoId } from "../registro.js";
import { paraLeer } from "./aviso.js";

/** Quien llega sin credencial: dos o tres toques. @param {import("../telefono.js").Telefono} telefono @param {EventoDelPaquete} evento */
export function pantallaRegistrar(telefono, evento) {
  const { aviso, catalogos } = telefono.paquete();
  let id = nuevoId();
  const lectura = h(
    "details",
    { class: "nota" },
    h("summary", null, "Aviso de privacidad para leer"),
    ...paraLeer(telefono, evento.id),
  );
  const { caja, empezar } = preguntar({
    catalogos,
    pide: loQuePide(telefono.paquete(), evento),
    arriba: [lectura],
    alTerminar: async (datos) => {
      try {
        const hecho = await registrarAsistencia(telefono, evento.id, id, { ...datos, modo: "promotora", aviso: aviso.version });
        decirGuardado(telefono, hecho);
        id = nuevoId();
        empezar();
      } catch (error) {
        decirFalla(error); // mismo id: repetir el toque es el mismo registro
      }
    },
  });
  return { titulo: evento.titulo, atras: `#/evento/${evento.id}`, evento: evento.id, nodos: [caja] };
}
