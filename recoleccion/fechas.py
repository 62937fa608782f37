"""Fechas, horas, cantidades y plurales como se leen en México. Puro: la hora siempre llega como argumento."""

from collections.abc import Callable
from datetime import date, datetime, time

DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def _fecha(valor: date | str) -> date:
    """Acepta una fecha, una fecha con hora o el texto ISO que guarda la base."""
    if isinstance(valor, str):
        valor = datetime.fromisoformat(valor)
    return valor.date() if isinstance(valor, datetime) else valor


def _hora(valor: time | datetime | str) -> time:
    if isinstance(valor, str):
        valor = datetime.fromisoformat(valor) if "T" in valor else time.fromisoformat(valor)
    return valor.timetz() if isinstance(valor, datetime) else valor


def fecha_larga(valor: date | str, *, con_ejercicio: bool = False) -> str:
    """«martes 25 de noviembre», y con ``con_ejercicio`` «martes 25 de noviembre de 2025»."""
    dia = _fecha(valor)
    texto = f"{DIAS[dia.weekday()]} {dia.day} de {MESES[dia.month - 1]}"
    return f"{texto} de {dia.year}" if con_ejercicio else texto


def fecha_corta(valor: date | str) -> str:
    """«25/11/2026»."""
    return f"{_fecha(valor):%d/%m/%Y}"


def mes_largo(valor: date | str) -> str:
    """«noviembre de 2026», también desde «2026-11»."""
    if isinstance(valor, str) and len(valor) == len("2026-11"):
        valor += "-01"
    dia = _fecha(valor)
    return f"{MESES[dia.month - 1]} de {dia.year}"


def hora_larga(valor: time | datetime | str) -> str:
    """«5:00 p. m.»."""
    hora = _hora(valor)
    return f"{hora.hour % 12 or 12}:{hora.minute:02d} {'a. m.' if hora.hour < 12 else 'p. m.'}"


def horario(inicio: time | str, fin: time | str) -> str:
    """«de 5:00 a 7:00 p. m.» o, si cruza el mediodía, «de 11:00 a. m. a 1:00 p. m.»."""
    primera, segunda = hora_larga(inicio), hora_larga(fin)
    if primera[-5:] == segunda[-5:]:
        primera = primera[:-6]
    return f"de {primera} a {segunda}"


def cuando(evento: dict, *, con_ejercicio: bool = False) -> str:
    """El renglón de un evento: «martes 25 de noviembre, 5:00 p. m.»."""
    return f"{fecha_larga(evento['fecha'], con_ejercicio=con_ejercicio)}, {hora_larga(evento['hora_inicio'])}"


def numero(valor: float) -> str:
    """«1,234»."""
    return f"{valor:,.0f}" if float(valor).is_integer() else f"{valor:,.1f}"


def numero_exacto(valor: float | None) -> str:
    """Como se escribe y se vuelve a leer sin perder nada: «1,800», «12.25»; vacío si no está definido."""
    return "" if valor is None else f"{valor:,.2f}".removesuffix("00").removesuffix(".")


def plural(cuantos: int, uno: str, varios: str) -> str:
    """«1 persona», «2 personas», «1,234 personas»."""
    return f"{numero(cuantos)} {uno if cuantos == 1 else varios}"


def hace(valor: datetime | str, ahora: datetime) -> str:
    """Hace cuánto, con palabras: «hace 12 minutos», «ayer, 5:04 p. m.», «el 25/11/2026»."""
    momento = datetime.fromisoformat(valor) if isinstance(valor, str) else valor
    momento = momento.replace(tzinfo=ahora.tzinfo) if momento.tzinfo is None else momento.astimezone(ahora.tzinfo)
    minutos = int((ahora - momento).total_seconds() // 60)
    if minutos < 0:
        return f"el {fecha_corta(momento)}, {hora_larga(momento)}"
    if minutos < 1:
        return "hace un momento"
    if minutos < 60:
        return f"hace {plural(minutos, 'minuto', 'minutos')}"
    dias = (ahora.date() - momento.date()).days
    if dias <= 1:
        return f"{'ayer' if dias else 'hoy'}, {hora_larga(momento)}"
    return f"hace {dias} días" if dias < 7 else f"el {fecha_corta(momento)}"


def sesgo(milisegundos: int | None) -> str:
    """Cuánto difiere un reloj del nuestro (milisegundos; positivo = adelantado), con palabras."""
    if milisegundos is None:
        return "sin dato"
    segundos = abs(milisegundos) // 1000
    if segundos < 60:
        return "a tiempo"
    escalas: tuple[tuple[int, str, str], ...] = (
        (86400, "día", "días"),
        (3600, "hora", "horas"),
        (60, "minuto", "minutos"),
    )
    cuanto = next(plural(segundos // paso, uno, varios) for paso, uno, varios in escalas if segundos >= paso)
    return f"{'adelantado' if milisegundos > 0 else 'atrasado'} {cuanto}"


FILTROS: dict[str, Callable[..., str]] = {
    "fecha_larga": fecha_larga,
    "fecha_corta": fecha_corta,
    "mes_largo": mes_largo,
    "hora_larga": hora_larga,
    "cuando": cuando,
    "numero": numero,
    "plural": plural,
    "hace": hace,
    "sesgo": sesgo,
}
