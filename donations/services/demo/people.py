"""Invented people: none of them has an address where mail could arrive."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

_ENGLISH: Final = (
    "Alice", "Amelia", "Anna", "Benjamin", "Charles", "Charlotte", "Daniel", "David", "Eleanor", "Emily",
    "Emma", "George", "Grace", "Hannah", "Harriet", "Henry", "Isabel", "Jack", "James", "Jane", "John",
    "Joseph", "Julia", "Katherine", "Laura", "Lucy", "Margaret", "Mark", "Martha", "Mary", "Michael",
    "Nicholas", "Oliver", "Patrick", "Peter", "Rachel", "Robert", "Ruth", "Samuel", "Sarah", "Simon",
    "Sophie", "Susan", "Thomas", "William",
)  # fmt: skip
_SURNAMES: Final = (
    "Adams", "Allen", "Bailey", "Baker", "Barnes", "Bennett", "Brooks", "Brown", "Campbell", "Carter",
    "Clark", "Collins", "Cooper", "Cox", "Davies", "Evans", "Fisher", "Foster", "Gray", "Green", "Hall",
    "Harris", "Hughes", "Jackson", "Kelly", "King", "Lewis", "Marsh", "Martin", "Mason", "Miller", "Mills",
    "Morgan", "Murphy", "Owen", "Parker", "Price", "Reed", "Roberts", "Shaw", "Smith", "Stone", "Taylor",
    "Turner", "Walker", "Ward", "Webb", "White", "Wood",
)  # fmt: skip
_RUSSIAN: Final = (
    ("Анна", "anna"), ("Борис", "boris"), ("Вера", "vera"), ("Виктор", "viktor"), ("Галина", "galina"),
    ("Денис", "denis"), ("Елена", "elena"), ("Зоя", "zoya"), ("Иван", "ivan"), ("Ирина", "irina"),
    ("Кирилл", "kirill"), ("Лев", "lev"), ("Марина", "marina"), ("Надежда", "nadezhda"), ("Олег", "oleg"),
    ("Павел", "pavel"), ("Роман", "roman"), ("Софья", "sofya"), ("Тимур", "timur"), ("Юрий", "yuri"),
)  # fmt: skip
# Surnames that have the same form for women and men.
_RUSSIAN_SURNAMES: Final = (
    ("Бондаренко", "bondarenko"), ("Белых", "belykh"), ("Вебер", "veber"), ("Гончар", "gonchar"),
    ("Долгих", "dolgikh"), ("Живаго", "zhivago"), ("Коваль", "koval"), ("Коваленко", "kovalenko"),
    ("Крамар", "kramar"), ("Мельник", "melnik"), ("Мороз", "moroz"), ("Пономаренко", "ponomarenko"),
    ("Седых", "sedykh"), ("Сорока", "soroka"), ("Черных", "chernykh"), ("Шульга", "shulga"),
)  # fmt: skip
_HOSTS: Final = ("example.com", "example.org")


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str | None
    language: str


def invent(random: Random, number: int) -> Person:
    """Somebody. The number makes their address one that nobody else has."""
    host = random.choice(_HOSTS)
    gives_name = random.random() < 0.7
    if random.random() < 0.12:
        first, first_latin = random.choice(_RUSSIAN)
        last, last_latin = random.choice(_RUSSIAN_SURNAMES)
        email = f"{first_latin}.{last_latin}.{number}@{host}"
        return Person(email, f"{first} {last}" if gives_name else None, "ru")
    first, last = random.choice(_ENGLISH), random.choice(_SURNAMES)
    email = f"{first.lower()}.{last.lower()}.{number}@{host}"
    return Person(email, f"{first} {last}" if gives_name else None, "en")
