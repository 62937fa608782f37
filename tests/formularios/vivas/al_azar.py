"""Encuestas al azar llenas de reglas, y respuestas al azar con de todo: buenas, malas, vacías y de vueltas de más."""

from datetime import date
from random import Random
from typing import Any

from formularios.contestar import nombre_campo, vueltas
from formularios.instrumento import CERRADAS, ErrorInstrumento, Instrumento

_TIPOS = (
    "una", "una", "una", "varias", "varias", "entero", "entero", "decimal", "rango", "fecha", "hora", "acepto",
    "texto", "texto", "orden", "codigo", "punto", "nota", "calculo", "calculo", "calculo", "oculto", "hoy",
)  # fmt: skip
_ESCRITO = {
    "entero": ("0", "1", "2", "3", "7", "-1", "012", " 5 ", "+4", "−3", "-0", "1,2", "x", "999999999999999", "1" * 16),
    "decimal": ("1.50", ".5", "5.", "-0.0", "00.10", "1e3", "x", "12.3456789", "+2", "−2.5"),
    "rango": ("0", "0.5", "1.0", "2.5", "3", "0.25", "-1", "x"),
    "fecha": ("2026-11-23", "2026-1-5", "31/12/2025", "1.2.2024", "30-2-2026", "1/13/2026", "29/02/2024", "0000-01-01",
              "hoy", "0099-3-4"),
    "hora": ("9:30", "09.05", "23:59:59.999Z", "24:00", "7:5", "16:45:00-06:00"),
    "acepto": ("OK", "no"),
    "texto": ("a", "b", "  hola\r\n mundo ", "e\u0301", "x\u200by", "\u00a0n\u00a0", "largo " * 40, "2", "😀" * 5,
              "\ud83d"),
    "codigo": (" 750\t12 ", "\n", "z" * 201),
    "punto": ("20.9912345678 -102.61", "20,-102", "91 0", "1 2 3 4 5", "1", "a b", "-0.0 .5 7."),
}  # fmt: skip


def instrumento(azar: Random) -> Instrumento:
    """Uno que el modelo acepta; el que salga en círculo o enorme se descarta y se hace otro."""
    while True:
        try:
            return Instrumento.de_dict(_Autor(azar).todo())
        except ErrorInstrumento as error:
            if not any(palabra in str(error) for palabra in ("círculo", "caben", "jr:choice-name usa")):
                raise


class _Autor:
    def __init__(self, azar: Random) -> None:
        self.azar = azar
        self.preguntas: list[dict[str, Any]] = []
        self.grupos: list[dict[str, Any]] = []
        self.nombres: list[str] = []
        self.repite_de: dict[str, set[str]] = {}
        """De cada pregunta que puede nombrar un texto, las repeticiones en que está."""

    def todo(self) -> dict[str, Any]:
        azar = self.azar
        cuantas = azar.randint(3, 12)
        self.nombres = [azar.choice(("q{}", "q{}", "P{}", "q-{}")).format(n) for n in range(cuantas)]
        abiertos: list[str] = []
        for n in range(cuantas):
            if abiertos and azar.random() < 0.35:
                abiertos.pop()
            if n < cuantas - 1 and len(abiertos) < 3 and azar.random() < 0.3:
                abiertos.append(self._grupo(abiertos, n))
            self.preguntas.append(self._pregunta(self.nombres[n], abiertos, n))
        return {
            "clave": "azar", "version": 1, "titulo": "Azar", "intro": "", "minutos": 1,
            "lleva_ficha": azar.random() < 0.5, "preguntas": self.preguntas, "grupos": self.grupos,
        }  # fmt: skip

    def _grupo(self, abiertos: list[str], n: int) -> str:
        azar, clave = self.azar, f"g{len(self.grupos)}"
        grupo: dict[str, Any] = {"clave": clave, "padre": abiertos[-1] if abiertos else None, "texto": "G"}
        if azar.random() < 0.5:
            grupo["relevante"] = self._condicion(n)
        if sum(1 for g in self.grupos if g["clave"] in abiertos and g.get("repite")) < 2 and azar.random() < 0.6:
            grupo["repite"] = True
            grupo |= azar.choice(({}, {"minimo": 1}, {"maximo": 3}, {"minimo": 2, "maximo": 4}, {"veces": "2"}))
            if "veces" not in grupo and azar.random() < 0.4:
                grupo |= {"veces": self._numero(n, 1), "maximo": 4, "minimo": None}
        self.grupos.append(grupo)
        return clave

    def _repite(self, abiertos: list[str]) -> bool:
        return any(g.get("repite") for g in self.grupos if g["clave"] in abiertos)

    def _pregunta(self, clave: str, abiertos: list[str], n: int) -> dict[str, Any]:
        azar, tipo = self.azar, self.azar.choice(_TIPOS)
        p: dict[str, Any] = {"clave": clave, "tipo": tipo, "texto": clave, "grupo": abiertos[-1] if abiertos else None}
        suyas = {g["clave"] for g in self.grupos if g["clave"] in abiertos and g.get("repite")}
        if tipo != "nota":
            self.repite_de[clave] = suyas
        p["texto"] = self._dicho(clave, suyas)
        if azar.random() < 0.5:
            p["relevante"] = self._condicion(n)
        if tipo in CERRADAS:
            p |= self._cerrada(tipo, n)
            if tipo != "orden" and azar.random() < 0.2:
                p["opciones"][-1]["texto"] = self._dicho("La", suyas)
        if tipo == "texto":
            p |= azar.choice(({"privada": True, "maximo": 20}, {}, {"maximo": 8}))
        if tipo == "rango":
            p |= {"inicio": azar.choice(("0", "-1", "0.0")), "fin": "2.5", "paso": azar.choice(("0.5", "0.25", "1"))}
        if tipo == "calculo":
            p["calculo"] = azar.choice((self._numero, self._texto, self._condicion))(n)
        if tipo == "oculto":
            p["omision"] = azar.choice(("fijo", "once(today())", self._texto(n)))
        if tipo in ("una", "entero", "texto", "fecha", "varias") and azar.random() < 0.15:
            p |= {"solo_lectura": True, azar.choice(("calculo", "omision")): f"concat('', {self._texto(n)})"}
        if tipo not in ("nota", "calculo", "oculto", "hoy", "punto"):
            p["obligatoria"] = azar.choice((False, False, True, self._condicion(len(self.nombres))))
            p["mensaje_obligatoria"] = azar.choice((None, "Falta", self._dicho("Falta", suyas)))
            if azar.random() < 0.5:
                p["restriccion"] = azar.choice((self._condicion(len(self.nombres)), ". != '2'", "string-length(.) < 4"))
                p["mensaje_restriccion"] = azar.choice((None, "Así no", self._dicho("Así no", suyas)))
        if not self._repite(abiertos) and azar.random() < 0.8 and tipo == "una":
            p |= {"modulo": azar.choice(("uno", "dos")), "obligatoria": True}
        if azar.random() < 0.1 and tipo not in ("nota", "calculo", "oculto", "hoy"):
            p["solo_si"] = "sin_ficha"
        return p

    def _dicho(self, texto: str, suyas: set[str]) -> str:
        """Con dos respuestas dentro, de las que se ven desde ahí."""
        visibles = [nombre for nombre, donde in self.repite_de.items() if donde <= suyas]
        if not visibles or self.azar.random() < 0.5:
            return texto
        return f"{texto} ${{{self.azar.choice(visibles)}}}, ${{{self.azar.choice(visibles)}}}"

    def _cerrada(self, tipo: str, n: int) -> dict[str, Any]:
        azar = self.azar
        claves = azar.sample(("a", "b", "c", "1", "2"), azar.randint(2, 4))
        opciones: list[dict[str, Any]] = [
            {"clave": c, "texto": f"La {c}", "exclusiva": azar.random() < 0.2, "datos": {"de": azar.choice("ab12")}}
            for c in claves
        ]
        del opciones[0]["datos"]
        p: dict[str, Any] = {"opciones": opciones, "publicacion": "no" if tipo != "orden" else None}
        if azar.random() < 0.4:
            p["filtro"] = azar.choice(
                (f"de = {self._ref(n)}", f"de != 'a' or name = {self._ref(n)}", f"contains(label, {self._ref(n)})")
            )
        return p

    # --- Expresiones, con lo que va antes (o después, si ``n`` lo deja) -----------------------------------------------

    def _ref(self, n: int) -> str:
        cuales = self.nombres if n >= len(self.nombres) or self.azar.random() < 0.03 else self.nombres[:n]
        repeticiones = [g["clave"] for g in self.grupos if g.get("repite")]
        if repeticiones and self.azar.random() < 0.05:
            return f"${{{self.azar.choice(repeticiones)}}}"
        return f"${{{self.azar.choice(cuales or self.nombres)}}}"

    def _condicion(self, n: int, hondo: int = 1) -> str:
        azar, x = self.azar, self._ref(n)
        if hondo and azar.random() < 0.3:
            return f"({self._condicion(n, 0)}) {azar.choice(('and', 'or'))} ({self._condicion(n, 0)})"
        return azar.choice(
            (
                f"{x} = '{azar.choice('ab12')}'", f"{x} != ''", f"selected({x}, '{azar.choice('ab12')}')", f"{x} > 1",
                f"not({x} = {self._ref(n)})", f"count-selected({x}) >= 1", f"{x} <= today()", f"regex({x}, '^[a-z]$')",
                f"{self._numero(n, 1)} < 3", f"position(..) = 1 or {x} = ''", ". = '' or . > 0", "true()",
            )
        )  # fmt: skip

    def _numero(self, n: int, hondo: int = 0) -> str:
        x = self._ref(n)
        nombrable = next((p["clave"] for p in self.preguntas if p["tipo"] in CERRADAS), None)
        return self.azar.choice(
            (
                f"{x} + 1", f"sum({x})", f"count({x})", f"coalesce({x}, 2)", f"string-length({x})", "position(..)",
                f"max({x}, 2)", f"if({x} = '', 1, {self._ref(n)})", f"sum({x}) - sum({x})", f"int({x} * 1.5)",
                f"string-length(jr:choice-name({x}, '${{{nombrable}}}'))" if nombrable and not hondo else "2",
            )
        )  # fmt: skip

    def _texto(self, n: int) -> str:
        x = self._ref(n)
        return self.azar.choice(
            (
                f"concat({x}, '-', {self._ref(n)})",
                f"coalesce({x}, 'b')",
                f"substr({x}, 0, 1)",
                f"string({x})",
                f"date({x})",
            )
        )


def respuestas(hecho: Instrumento, azar: Random) -> dict[str, list[str]]:
    """Por nombre de campo; a veces con basura, con vueltas que no tocan y con campos que no existen."""
    datos: dict[str, list[str]] = {}
    basura, sin_modulo = azar.random() < 0.3, azar.choice((None, "uno", "dos"))
    for p in hecho.preguntas:
        if (not p.con_campo and azar.random() < 0.9) or (p.modulo and p.modulo == sin_modulo):
            continue
        for lugar in [v for v in vueltas(hecho, p) if all(n <= 3 for n in v)]:
            if azar.random() < (0.35 if any(n > 1 for n in lugar) else 0.8):
                datos[nombre_campo(p, lugar)] = _respuesta(hecho, p, azar, basura=basura)
    if basura:
        datos["otra~1"], datos["p_q0~x"], datos["q0~1~1~1"] = ["1"], ["2"], [""]
    return datos


def _respuesta(hecho: Instrumento, p: Any, azar: Random, *, basura: bool) -> list[str]:
    claves = [o.clave for o in hecho.opciones_de(p)]
    if p.tipo == "una":
        return [azar.choice(claves)] if not basura or azar.random() < 0.8 else ["zz"]
    if p.tipo == "varias":
        return azar.sample(claves, azar.randint(1, len(claves))) + (["zz"] if basura and azar.random() < 0.2 else [])
    if p.tipo == "orden":
        puestas = azar.sample(claves, len(claves))
        return puestas if azar.random() < 0.8 else [*puestas[:-1], azar.choice(("", puestas[0]))]
    escritos = _ESCRITO.get(p.tipo, ("1",))
    escrito = azar.choice(escritos)
    if p.tipo == "fecha" and azar.random() < 0.3:
        escrito = date.fromordinal(azar.randint(730000, 740500)).isoformat()
    return [escrito, azar.choice(escritos)] if basura and azar.random() < 0.1 else [escrito]
