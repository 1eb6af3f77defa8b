//! The large Russian cities, by the names used in columns of cities, and their time zones.

/// Returns the IANA zone of a Russian city; case is ignored, and ё may be written as е.
pub(super) fn zone(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase().replace('ё', "е");
    ZONES
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()))
        .map(|(zone, _)| *zone)
}

/// Zones from west to east, with the cities that are in them.
#[rustfmt::skip]
const ZONES: [(&str, &[&str]); 24] = [
    ("Europe/Kaliningrad", &["калининград"]),
    ("Europe/Moscow", &[
        "мск", "msk", "москва", "санкт-петербург", "петербург", "спб", "казань", "нижний новгород", "воронеж",
        "краснодар", "ростов-на-дону", "сочи", "ярославль", "тула", "рязань", "пенза", "липецк", "махачкала",
        "ставрополь", "тверь", "белгород", "курск", "брянск", "иваново", "владимир", "чебоксары", "мурманск",
        "архангельск", "вологда", "смоленск", "калуга", "орел", "тамбов", "саранск", "грозный",
    ]),
    ("Europe/Simferopol", &["симферополь", "севастополь"]),
    ("Europe/Volgograd", &["волгоград"]),
    ("Europe/Kirov", &["киров"]),
    ("Europe/Samara", &["самара", "тольятти", "ижевск"]),
    ("Europe/Saratov", &["саратов"]),
    ("Europe/Ulyanovsk", &["ульяновск"]),
    ("Europe/Astrakhan", &["астрахань"]),
    ("Asia/Yekaterinburg", &[
        "екатеринбург", "челябинск", "уфа", "пермь", "тюмень", "оренбург", "магнитогорск", "сургут", "курган",
    ]),
    ("Asia/Omsk", &["омск"]),
    ("Asia/Novosibirsk", &["новосибирск"]),
    ("Asia/Barnaul", &["барнаул"]),
    ("Asia/Tomsk", &["томск"]),
    ("Asia/Novokuznetsk", &["новокузнецк", "кемерово"]),
    ("Asia/Krasnoyarsk", &["красноярск", "абакан", "норильск"]),
    ("Asia/Irkutsk", &["иркутск", "улан-удэ", "братск"]),
    ("Asia/Yakutsk", &["якутск", "благовещенск"]),
    ("Asia/Chita", &["чита"]),
    ("Asia/Vladivostok", &["владивосток", "хабаровск"]),
    ("Asia/Sakhalin", &["сахалин", "южно-сахалинск"]),
    ("Asia/Magadan", &["магадан"]),
    ("Asia/Anadyr", &["анадырь", "чукотка"]),
    ("Asia/Kamchatka", &["камчатка", "петропавловск-камчатский"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_stands_once_and_its_zone_exists() {
        let mut all: Vec<&str> = ZONES
            .iter()
            .flat_map(|(_, names)| names.iter().copied())
            .collect();
        let places = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), places);
        for (zone, names) in ZONES {
            assert!(
                jiff::tz::TimeZoneDatabase::bundled().get(zone).is_ok(),
                "{zone}"
            );
            for name in names {
                assert_eq!(name.to_lowercase().replace('ё', "е"), *name);
            }
        }
    }

    #[test]
    fn a_city_is_found_whatever_its_case() {
        for (name, expected) in [
            ("Уфа", Some("Asia/Yekaterinburg")),
            ("ХАБАРОВСК", Some("Asia/Vladivostok")),
            ("Орёл", Some("Europe/Moscow")),
            ("Готэм", None),
        ] {
            assert_eq!(zone(name), expected, "{name}");
        }
    }
}
