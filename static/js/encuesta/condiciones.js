// La página de una asistente cuando su encuesta tiene reglas, pero ni vueltas, ni orden, ni funciones raras, ni va de una en una:
// lo más común.

import { alLlegar } from "./llegar.js";
import { Recorrido } from "./recorrido.js";
import { animar } from "./viva.js";

const motor = /** @type {any} */ ({ Recorrido, juntar: () => [] });
alLlegar((caja) => animar(caja, {}, motor));
export { Recorrido }; // para las pruebas: lo que se sirve decide lo mismo que el servidor
