"""Una hoja ya entendida: cada celda por el campo a que va, y dónde se anotan los problemas y los avisos."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from formularios.invariantes import normal
from formularios.xlsform.columnas import SE_QUITAN, Columna, de_siempre, entender
from formularios.xlsform.lectura import Fila, Hoja
from formularios.xlsform.reporte import Problema


@dataclass
class Anotaciones:
    """``quitar``: lo que se puede quitar se quita con un aviso, en vez de ser un problema."""

    quitar: bool = False
    problemas: list[Problema] = field(default_factory=list)
    avisos: list[Problema] = field(default_factory=list)

    def problema(self, problema: Problema) -> None:
        if self.quitar and problema.se_quita:
            self.avisos.append(replace(problema, que_escribir="Se quitó."))
        else:
            self.problemas.append(problema)


class Pagina:
    """Las celdas de una hoja por campo e idioma.

    ``principal`` es el idioma de los textos principales: de dos columnas del mismo campo manda la que lo nombra, y si
    no hay, la que no nombra ninguno.
    """

    def __init__(self, nombre: str, hoja: Hoja | None, notas: Anotaciones) -> None:
        self.estandar, self.nombre = nombre, hoja.nombre if hoja else nombre
        self.filas: list[Fila] = hoja.filas if hoja else []
        self.columnas: dict[str, Columna] = entender(nombre, hoja.encabezados if hoja else [])
        self.notas = notas
        self.principal: str | None = None
        self._anotar_columnas()

    def _anotar_columnas(self) -> None:
        con_algo = {encabezado for fila in self.filas for encabezado in fila.celdas}
        vistas: dict[tuple[str, str | None], str] = {}
        for columna in self.columnas.values():
            if columna.aviso and columna.encabezado in con_algo:
                frase = f"La columna «{columna.encabezado}» {columna.aviso}."
                self.notas.avisos.append(Problema(self.nombre, 1, columna.encabezado, frase, ""))
            if columna.campo:
                otra = vistas.setdefault((columna.campo, columna.idioma), columna.encabezado)
                if otra != columna.encabezado:
                    frase = f"Las columnas «{otra}» y «{columna.encabezado}» son la misma con dos nombres."
                    self.notas.problemas.append(
                        Problema(self.nombre, 1, columna.encabezado, frase, "Deje una de las dos.")
                    )

    def rechazadas(self, fila: Fila) -> None:
        """Anota las celdas de columnas que no se admiten."""
        for encabezado in fila.celdas:
            columna = self.columnas.get(encabezado)
            if columna and columna.rechazo:
                frase = f"La columna «{encabezado}» no se admite."
                se_quita = columna.rechazo in SE_QUITAN
                self.notas.problema(Problema(self.nombre, fila.numero, encabezado, frase, columna.rechazo, se_quita))

    def encabezado(self, campo: str, idioma: str | None = None) -> str | None:
        """El encabezado de un campo en un idioma (el principal si no se dice), o ``None`` si no está esa columna."""
        if idioma is None:
            for buscado in (self.principal, None):
                hallado = self._exacto(campo, buscado)
                if hallado is not None:
                    return hallado
            return None
        return self._exacto(campo, idioma)

    def _exacto(self, campo: str, idioma: str | None) -> str | None:
        return next((c.encabezado for c in self.columnas.values() if (c.campo, c.idioma) == (campo, idioma)), None)

    def texto(self, fila: Fila, campo: str, idioma: str | None = None) -> str | None:
        """Lo escrito, limpio; ``None`` si no hay nada."""
        principales = [self._exacto(campo, self.principal), self._exacto(campo, None)] if idioma is None else []
        for encabezado in principales or [self._exacto(campo, idioma)]:
            if encabezado is not None and (escrito := normal(fila.celdas.get(encabezado, ""))):
                return escrito
        return None

    def datos(self, fila: Fila) -> dict[str, str]:
        """Las columnas propias de una opción."""
        pares = ((c.dato, normal(fila.celdas.get(c.encabezado, ""))) for c in self.columnas.values() if c.dato)
        return {normal(dato): valor for dato, valor in pares if valor and normal(dato)}

    def traducciones(self, fila: Fila, campos: Iterable[str], idiomas: Iterable[str]) -> dict[str, dict[str, str]]:
        todas = {i: {c: t for c in campos if (t := self.texto(fila, c, i)) is not None} for i in idiomas}
        return {idioma: textos for idioma, textos in todas.items() if textos}

    def problema(
        self,
        fila: Fila | None,
        campo: str | None,
        que_pasa: str,
        que_escribir: str,
        *,
        idioma: str | None = None,
        se_quita: bool = False,
    ) -> None:
        """En la celda de ``campo`` (y de ``idioma``); si no está esa columna, se dice cómo se llama en el estándar."""
        nota = self._nota(fila, campo, que_pasa, que_escribir, idioma)
        self.notas.problema(replace(nota, se_quita=se_quita))

    def en_encabezado(self, encabezado: str, que_pasa: str, que_escribir: str) -> None:
        self.notas.problemas.append(Problema(self.nombre, 1, encabezado, que_pasa, que_escribir))

    def aviso(self, fila: Fila | None, campo: str | None, que_pasa: str, que_escribir: str) -> None:
        self.notas.avisos.append(self._nota(fila, campo, que_pasa, que_escribir))

    def _nota(
        self, fila: Fila | None, campo: str | None, que_pasa: str, que_escribir: str, idioma: str | None = None
    ) -> Problema:
        columna = (self.encabezado(campo, idioma) or de_siempre(self.estandar, campo)) if campo else None
        return Problema(self.nombre, fila.numero if fila else None, columna, que_pasa, que_escribir)
