"""Un instrumento con lo que alguien contestó: qué venía al caso, cuánto vale cada cosa y qué está mal.

Cada valor se calcula una vez, cuando alguien lo pide: una condición pide sus respuestas, y estas las suyas. Lo que no
viene al caso vale vacío. Un lugar es una pregunta y en qué vuelta de cada repetición está: ``("edad", (2,))``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from formularios import huecos, valores
from formularios.expresiones import Contexto, a_numero, a_texto, es_verdadera, evaluar
from formularios.formulas import columnas_de, entender, es_dinamica, orden
from formularios.instrumento import Grupo, Instrumento, Opcion, Pregunta, nombre_campo
from formularios.valores import Valor

Vueltas = tuple[int, ...]
_UNA_VEZ: tuple[Vueltas] = ((),)

FALTA = "Conteste esta pregunta, por favor."
FALTA_ACEPTAR = "Marque la casilla para seguir."
NO_CUMPLE = "Revise esta respuesta: no es de las que se esperan aquí."


class Recorrido:
    """:param crudo: nombre de campo y valores como llegaron. :param ahora: con zona, para ``today()``.

    :param con_ficha: si se dio una; entonces lo que es «sin ficha» no viene al caso.
    :param personal: si se contesta en un teléfono de la oficina; si no, lo que es solo de ahí no viene al caso. Con
        ``None`` no se sabe: vale si llegó y no hace falta.
    """

    def __init__(
        self,
        instrumento: Instrumento,
        crudo: Mapping[str, Sequence[str]],
        *,
        ahora: datetime,
        con_ficha: bool = False,
        personal: bool | None = False,
    ) -> None:
        self.instrumento, self.crudo, self.ahora = instrumento, crudo, ahora
        self.con_ficha, self.personal = con_ficha, personal
        self.errores: dict[str, str] = {}
        self._valores: dict[tuple[str, Vueltas], Valor] = {}
        self._relevantes: dict[tuple[str, Vueltas], bool] = {}
        """De grupos y de preguntas; sus claves no se repiten."""
        self._grupos = {grupo.clave: grupo for grupo in instrumento.grupos}
        self._vueltas_dichas = self._contar_vueltas()

    def revisar(self) -> dict[str, str]:
        """Los errores, por nombre de campo y en el orden de las preguntas."""
        for clave in orden(self.instrumento):  # primero lo que otras necesitan: nunca se pide en una cadena larga
            pregunta = self.instrumento.por_clave[clave]
            for vueltas in self.vueltas_de(pregunta):
                self.valor(pregunta, vueltas)
        hallados: dict[str, str] = {}
        for pregunta in self.instrumento.preguntas:
            for vueltas in self.vueltas_de(pregunta):
                self._revisar_una(pregunta, vueltas)
                nombre = nombre_campo(pregunta, vueltas)
                if nombre in self.errores:
                    hallados[nombre] = self.errores[nombre]
        return hallados

    def vueltas_de(self, pregunta: Pregunta) -> Iterable[Vueltas]:
        """En cuántos lugares se contesta: uno, ``()``, si no se repite."""
        repeticiones = self.instrumento.repeticiones(pregunta.grupo)
        return self._vueltas(repeticiones, ()) if repeticiones else _UNA_VEZ

    def valor(self, pregunta: Pregunta, vueltas: Vueltas) -> Valor:
        """Lo contestado o calculado, en su forma canónica; vacío si no viene al caso o está mal."""
        lugar = (pregunta.clave, vueltas)
        if lugar not in self._valores:
            self._valores[lugar] = ""  # si algo diera la vuelta y se pidiera a sí mismo
            if self.relevante(pregunta, vueltas):
                self._valores[lugar] = self._leer(pregunta, vueltas)
        return self._valores[lugar]

    def relevante(self, pregunta: Pregunta, vueltas: Vueltas) -> bool:
        """¿Viene al caso? También dependen de esto los grupos en que está."""
        if (pregunta.solo_si == "sin_ficha" and self.con_ficha) or (pregunta.solo_personal and self.personal is False):
            return False
        lugar = (pregunta.clave, vueltas)
        if lugar not in self._relevantes:  # se decide una vez, antes de saber su respuesta: ahí «.» está vacío
            self._relevantes[lugar] = False
            self._relevantes[lugar] = self._grupo_relevante(pregunta.grupo, vueltas) and self._cumple(
                pregunta.relevante, pregunta.grupo, vueltas
            )
        return self._relevantes[lugar]

    def opciones(self, pregunta: Pregunta, vueltas: Vueltas) -> tuple[Opcion, ...]:
        """Las que se le ofrecen: las que su filtro deja."""
        todas = self.instrumento.opciones_de(pregunta)
        if pregunta.filtro is None:
            return todas
        arbol = entender(pregunta.filtro, columnas_de(self.instrumento, pregunta)).arbol
        return tuple(o for o in todas if es_verdadera(arbol, self._contexto(pregunta.grupo, vueltas, opcion=o)))

    # --- Una respuesta -----------------------------------------------------------------------------------------------

    def _leer(self, pregunta: Pregunta, vueltas: Vueltas) -> Valor:
        if pregunta.tipo == "nota":
            return ""
        if pregunta.tipo == "hoy":
            return self.ahora.date().isoformat()
        if pregunta.calculo is not None:
            return self._calculado(pregunta, pregunta.calculo, vueltas)
        if not pregunta.con_campo:
            return self._omision(pregunta, vueltas)
        nombre = nombre_campo(pregunta, vueltas)
        crudo = self.crudo.get(nombre, ())
        try:
            return valores.leer(pregunta, self.opciones(pregunta, vueltas), crudo) if crudo else ""
        except ValueError as error:
            self.errores[nombre] = self.lleno(str(error), pregunta.grupo, vueltas)
            return ""

    def _omision(self, pregunta: Pregunta, vueltas: Vueltas) -> Valor:
        if pregunta.omision is None:
            return ""
        if es_dinamica(pregunta.omision):
            return self._calculado(pregunta, pregunta.omision, vueltas)
        return self._canonico(pregunta, pregunta.omision, vueltas)

    def _calculado(self, pregunta: Pregunta, expresion: str, vueltas: Vueltas) -> Valor:
        texto = a_texto(evaluar(entender(expresion).arbol, self._contexto(pregunta.grupo, vueltas)))
        return self._canonico(pregunta, texto, vueltas)

    def _canonico(self, pregunta: Pregunta, texto: str, vueltas: Vueltas) -> Valor:
        """Un cálculo puede dar algo que la pregunta no admite: entonces no vale nada."""
        if pregunta.tipo in ("calculo", "oculto"):
            return texto
        crudo = texto.split() if pregunta.tipo in ("varias", "orden") else [texto]
        try:
            return valores.leer(pregunta, self.opciones(pregunta, vueltas), crudo)
        except ValueError:
            return ""

    def inicial(self, pregunta: Pregunta, vueltas: Vueltas = ()) -> Valor:
        """Con lo que empieza su campo, en un formulario que nadie ha tocado."""
        return self._omision(pregunta, vueltas) if pregunta.con_campo else self.valor(pregunta, vueltas)

    def _revisar_una(self, pregunta: Pregunta, vueltas: Vueltas) -> None:
        valor = self.valor(pregunta, vueltas)
        nombre = nombre_campo(pregunta, vueltas)
        if not pregunta.con_campo or nombre in self.errores or not self.relevante(pregunta, vueltas):
            return
        if not valor:
            if self._hace_falta(pregunta, vueltas):
                falta = FALTA_ACEPTAR if pregunta.tipo == "acepto" else FALTA
                self.errores[nombre] = self.lleno(pregunta.mensaje_obligatoria or falta, pregunta.grupo, vueltas)
        elif pregunta.restriccion is not None:
            contexto = self._contexto(pregunta.grupo, vueltas, actual=junto(valor))
            if not es_verdadera(entender(pregunta.restriccion).arbol, contexto):
                self.errores[nombre] = self.lleno(pregunta.mensaje_restriccion or NO_CUMPLE, pregunta.grupo, vueltas)

    def _hace_falta(self, pregunta: Pregunta, vueltas: Vueltas) -> bool:
        if not pregunta.obligatoria or (pregunta.solo_personal and self.personal is None):
            return False
        if pregunta.modulo is not None and pregunta.modulo not in self._modulos_contestados():
            return False
        return pregunta.obligatoria is True or self._cumple(pregunta.obligatoria, pregunta.grupo, vueltas)

    def _modulos_contestados(self) -> frozenset[str]:
        """De un instrumento con varios módulos se contesta uno: los otros no hacen falta. Si solo trae uno, ese."""
        todos = {p.modulo for p in self.instrumento.preguntas if p.modulo is not None}
        if len(todos) == 1:
            return frozenset(todos)
        con_algo = {p.modulo for p in self.instrumento.preguntas if any(self.crudo.get(nombre_campo(p), ()))}
        return frozenset(m for m in con_algo if m is not None)

    # --- Grupos y vueltas --------------------------------------------------------------------------------------------

    def _grupo_relevante(self, clave: str | None, vueltas: Vueltas) -> bool:
        if clave is None:
            return True
        lugar = (clave, vueltas)
        if lugar not in self._relevantes:
            self._relevantes[lugar] = False
            grupo = self._grupos[clave]
            # La condición de una repetición es de la repetición entera: se mira desde fuera de sus vueltas.
            fuera = vueltas[: len(self.instrumento.repeticiones(grupo.padre))]
            self._relevantes[lugar] = self._grupo_relevante(grupo.padre, fuera) and self._cumple(
                grupo.relevante, grupo.padre, fuera
            )
        return self._relevantes[lugar]

    def _cumple(self, expresion: str | None, grupo: str | None, vueltas: Vueltas) -> bool:
        return expresion is None or es_verdadera(entender(expresion).arbol, self._contexto(grupo, vueltas))

    def veces(self, grupo: Grupo, fuera: Vueltas) -> int:
        """Cuántas vueltas da una repetición, por cada vuelta de las que la contienen."""
        if grupo.veces is None:
            return min(grupo.tope, max(grupo.minimo or 0, self._vueltas_dichas[grupo.clave, fuera]))
        numero = a_numero(evaluar(entender(grupo.veces).arbol, self._contexto(grupo.padre, fuera)))
        return min(grupo.tope, max(0, int(numero))) if abs(numero) < 1e9 else 0

    def _vueltas(self, repeticiones: Sequence[Grupo], fuera: Vueltas) -> Iterator[Vueltas]:
        if not repeticiones:
            yield fuera
            return
        for vuelta in range(1, self.veces(repeticiones[0], fuera) + 1):
            yield from self._vueltas(repeticiones[1:], (*fuera, vuelta))

    def _contar_vueltas(self) -> dict[tuple[str, Vueltas], int]:
        """La última vuelta en que algo llegó lleno, por los nombres de los campos."""
        cuenta: dict[tuple[str, Vueltas], int] = defaultdict(int)
        if not any(grupo.repite for grupo in self.instrumento.grupos):
            return cuenta
        de_nombre = {nombre_campo(p): p for p in self.instrumento.preguntas if p.con_campo and p.grupo}
        for nombre, crudo in self.crudo.items():
            base, *resto = nombre.split("~")
            pregunta = de_nombre.get(base)
            if pregunta is None or not any(crudo) or not all(r.isascii() and r.isdigit() and len(r) < 4 for r in resto):
                continue
            repeticiones, vueltas = self.instrumento.repeticiones(pregunta.grupo), tuple(map(int, resto))
            if len(repeticiones) == len(vueltas):
                for hondo, grupo in enumerate(repeticiones):
                    lugar = (grupo.clave, vueltas[:hondo])
                    cuenta[lugar] = max(cuenta[lugar], vueltas[hondo])
        return cuenta

    # --- Lo que ve una expresión -------------------------------------------------------------------------------------

    def _contexto(
        self, grupo: str | None, vueltas: Vueltas, *, actual: str = "", opcion: Opcion | None = None
    ) -> Contexto:
        return _Vista(self, grupo, vueltas, actual, opcion)

    def dicho(self, nombre: str, grupo: str | None, vueltas: Vueltas) -> str:
        """Lo contestado a ``nombre``, como se dice dentro de un texto de ese lugar; vacío si no hay nada."""
        visto = next(iter(self.vistos(nombre, grupo, vueltas, todos=False)), "")
        return "" if visto == "NaN" else visto

    def lleno(self, texto: str, grupo: str | None, vueltas: Vueltas) -> str:
        """Un texto con las respuestas en sus huecos."""
        return huecos.llenar(texto, lambda clave: self.dicho(clave, grupo, vueltas) or huecos.NEUTRO)

    def vistos(self, nombre: str, grupo: str | None, vueltas: Vueltas, *, todos: bool) -> list[str]:
        """Las respuestas a ``nombre`` desde un lugar: las de su vuelta si comparten repetición; ``todos``, todas."""
        desde = [g.clave for g in self.instrumento.repeticiones(grupo)]
        pregunta = self.instrumento.por_clave.get(nombre)
        if pregunta is None:
            return self._vueltas_vistas(nombre, desde, vueltas)
        repeticiones = self.instrumento.repeticiones(pregunta.grupo)
        comunes = sum(1 for a, b in zip(desde, repeticiones, strict=False) if a == b.clave)
        if todos and comunes == len(repeticiones):
            comunes = max(0, comunes - 1)
        lugares = self._vueltas(repeticiones[comunes:], vueltas[:comunes])
        return [junto(self.valor(pregunta, lugar)) for lugar in lugares]

    def _vueltas_vistas(self, nombre: str, desde: Sequence[str], vueltas: Vueltas) -> list[str]:
        """Una repetición no tiene respuesta: se cuentan sus vueltas."""
        grupo = self._grupos.get(nombre)
        if grupo is None:
            return []
        repeticiones = self.instrumento.repeticiones(nombre)
        comunes = sum(1 for a, b in zip(desde, repeticiones[:-1], strict=False) if a == b.clave)
        lugares = self._vueltas(repeticiones[comunes:], vueltas[:comunes])
        return [str(lugar[-1]) for lugar in lugares if self._grupo_relevante(nombre, lugar)]


class _Vista:
    """El ``Contexto`` de una expresión: su lugar en el recorrido."""

    def __init__(
        self, recorrido: Recorrido, grupo: str | None, vueltas: Vueltas, actual: str, opcion: Opcion | None
    ) -> None:
        self._recorrido, self._grupo, self._vueltas, self._opcion = recorrido, grupo, vueltas, opcion
        self.actual = actual
        self.ahora = recorrido.ahora
        self.posicion = vueltas[-1] if vueltas else 1
        self.una_vez = ""

    def valores(self, nombre: str) -> list[str]:
        if nombre.startswith("#") and self._opcion is not None:
            fijas = {"name": self._opcion.clave, "label": self._opcion.texto}
            return [str(fijas.get(nombre[1:], self._opcion.datos.get(nombre[1:], "")))]
        return self._recorrido.vistos(nombre, self._grupo, self._vueltas, todos=False)

    def todos(self, nombre: str) -> list[str]:
        return self._recorrido.vistos(nombre, self._grupo, self._vueltas, todos=True)

    def etiqueta(self, pregunta: str, clave: str) -> str:
        de_quien = self._recorrido.instrumento.por_clave.get(pregunta)
        opciones = self._recorrido.instrumento.opciones_de(de_quien) if de_quien else ()
        return next((opcion.texto for opcion in opciones if opcion.clave == clave), "")


def junto(valor: Valor) -> str:
    """Como lo ve una expresión: varias opciones, separadas por espacios."""
    return valor if isinstance(valor, str) else " ".join(valor)
