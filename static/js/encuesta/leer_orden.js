// Lo que se puso en orden.

import { lectoresDeVarios, no } from "./lectura.js";

lectoresDeVarios.orden = (crudo, opciones) => {
  const llenas = crudo.filter(Boolean);
  const claves = llenas.length ? opciones().map(({ clave }) => clave) : [];
  if (llenas.length !== claves.length || claves.some((clave) => !llenas.includes(clave))) {
    no("Ponga cada opción en un lugar, sin repetir ninguna.");
  }
  return llenas;
};
