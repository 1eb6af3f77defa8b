//! Finds the time zones in which the owner of a number may live: those of the area code if it shows a place, otherwise
//! those of the country. Most mobile numbers show only the country, if anything.

use std::{collections::HashMap, sync::LazyLock};

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{TimeZone, TimeZoneDatabase},
};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, Region};

use super::area_zones::AREAS;
use crate::send_policy::Zone;

/// The years in which clocks are compared: zones whose clocks agree from 2025 to 2030 count as one.
const FROM: Timestamp = Timestamp::constant(1_735_689_600, 0);
const TO: Timestamp = Timestamp::constant(1_925_078_400, 0);

/// Regions that have numbers but no zone of their own in the database, with the zone whose time they keep.
const WITHOUT: [(Region, &str); 3] = [
    (Region::AC, "Atlantic/St_Helena"),
    (Region::TA, "Atlantic/St_Helena"),
    (Region::XK, "Europe/Belgrade"),
];

/// Calling codes whose mobile numbers have an area code: North America, Mexico, Brazil, China. People keep the number
/// when they move. The area codes of Indonesia's mobile numbers name an operator.
const MOBILES_WITH_AREA: [i32; 4] = [1, 52, 55, 86];

/// Returns the zones of a number's area or country, one for each kind of clock. If the number does not show the
/// country, these are the zones of all countries with its calling code; empty for a number of no country (`800…`).
///
/// `digits` begin with the calling code, without a plus.
#[must_use]
pub fn zones_of(digits: &str) -> &'static [Zone] {
    let Some(number) = parse(digits) else {
        return &[];
    };
    let country_zones = match number.get_region_code() {
        Some(region) => ZONES.by_region.get(&region),
        None => ZONES.by_code.get(&number.country_code),
    };
    let country_zones = country_zones.map_or(&[][..], Vec::as_slice);
    if country_zones.len() > 1 && shows_area(&number) {
        ZONES.area_zones(&number).unwrap_or(country_zones)
    } else {
        country_zones
    }
}

/// Parses a number, even one that is no longer allocated, which the library refuses although chats still exist under
/// it: Brazilian mobiles without the ninth digit, and numbers of Mexico with a 1 after the calling code.
fn parse(digits: &str) -> Option<PhoneNumber> {
    let read = |digits: &str| PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok();
    let number = read(digits)?;
    if number.is_valid() {
        return Some(number);
    }
    let todays_form = match (digits.split_at_checked(4), digits.strip_prefix("521")) {
        (Some((area, rest)), _) if area.starts_with("55") && rest.len() == 8 => {
            read(&format!("{area}9{rest}"))
        }
        (_, Some(rest)) if rest.len() == 10 => read(&format!("52{rest}")),
        _ => None,
    };
    Some(todays_form.filter(PhoneNumber::is_valid).unwrap_or(number))
}

fn shows_area(number: &PhoneNumber) -> bool {
    match number.get_type() {
        PhoneNumberType::FixedLine => true,
        PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile => {
            MOBILES_WITH_AREA.contains(&number.country_code)
        }
        PhoneNumberType::TollFree
        | PhoneNumberType::PremiumRate
        | PhoneNumberType::SharedCost
        | PhoneNumberType::VoIP
        | PhoneNumberType::PersonalNumber
        | PhoneNumberType::Pager
        | PhoneNumberType::UAN
        | PhoneNumberType::VoiceMail
        | PhoneNumberType::Unknown => false,
    }
}

struct Zones {
    by_region: HashMap<Region, Vec<Zone>>,
    by_code: HashMap<i32, Vec<Zone>>,
    /// The zones of each entry of [`AREAS`], in the same order.
    areas: Vec<Vec<Zone>>,
}

impl Zones {
    /// Returns the zones of the longest matching prefix.
    fn area_zones(&self, number: &PhoneNumber) -> Option<&[Zone]> {
        let shorter = |prefix: &u64| Some(prefix / 10).filter(|prefix| *prefix > 0);
        let prefixes = std::iter::successors(all_digits(number), shorter);
        let mut prefixes = prefixes.filter_map(|prefix| u32::try_from(prefix).ok());
        let has = |prefix: u32| {
            AREAS
                .iter()
                .position(|(_, prefixes)| prefixes.binary_search(&prefix).is_ok())
        };
        let place = prefixes.find_map(has)?;
        let zones = self.areas.get(place).map(Vec::as_slice);
        zones.filter(|zones| !zones.is_empty())
    }
}

/// Returns the calling code and the rest of the number as one number.
fn all_digits(number: &PhoneNumber) -> Option<u64> {
    let length = number.national_number.checked_ilog10()? + 1;
    let code = u64::try_from(number.country_code).ok()?;
    Some(code * 10_u64.checked_pow(length)? + number.national_number)
}

/// The zones by country: the time-zone database says in which country each zone lies.
static ZONES: LazyLock<Zones> = LazyLock::new(|| {
    let database = TimeZoneDatabase::bundled();
    let rules = database
        .available()
        .filter_map(|name| database.get(name.as_str()).ok());
    let placed = rules.filter_map(|rules| Some((region(&rules)?, Zone::of(rules))));
    let without = WITHOUT
        .iter()
        .filter_map(|(region, name)| Some((*region, name.parse().ok()?)));
    let mut by_region: HashMap<Region, Vec<Zone>> = HashMap::new();
    for (region, zone) in placed.chain(without) {
        add(by_region.entry(region).or_default(), &zone);
    }
    let mut by_code: HashMap<i32, Vec<Zone>> = HashMap::new();
    for (region, zones) in &by_region {
        let Some(code) = PHONE_NUMBER_UTIL.get_country_code_for_region(*region) else {
            continue;
        };
        let by_code = by_code.entry(code).or_default();
        for zone in zones {
            add(by_code, zone);
        }
    }
    Zones {
        by_region,
        by_code,
        areas: AREAS.iter().map(|(names, _)| named(names)).collect(),
    }
});

/// Returns the country of a zone; `None` for an old name of a zone, which must not count beside the new one.
fn region(rules: &TimeZone) -> Option<Region> {
    let location = rules.location().filter(|_| rules.is_primary())?;
    Region::from_code(location.country()).ok()
}

/// Returns the zones with these names; empty if a name is unknown, because the hours must not apply only in the others.
fn named(names: &[&str]) -> Vec<Zone> {
    let all: Result<Vec<Zone>, _> = names.iter().map(|name| name.parse()).collect();
    let mut zones = Vec::new();
    for zone in all.iter().flatten() {
        add(&mut zones, zone);
    }
    zones
}

fn add(zones: &mut Vec<Zone>, zone: &Zone) {
    if zones.iter().all(|other| clocks(other) != clocks(zone)) {
        zones.push(zone.clone());
    }
}

/// Returns what the clocks show at the beginning of the period and after each change.
fn clocks(zone: &Zone) -> Vec<(Timestamp, DateTime)> {
    let moments = std::iter::once(FROM).chain(zone.changes(FROM, TO));
    moments.map(|at| (at, zone.local(at))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn names(digits: &str) -> Vec<&str> {
        zones_of(digits).iter().map(Zone::name).collect()
    }

    #[test]
    fn a_number_tells_the_zones_of_its_country() {
        for (digits, expected) in [
            ("4915112345678", "Europe/Berlin"),
            ("380671234567", "Europe/Kyiv"),
            ("380123456789", "Europe/Kyiv"),
            ("375291234567", "Europe/Minsk"),
            ("9779812345678", "Asia/Kathmandu"),
            ("972501234567", "Asia/Jerusalem"),
            ("77011234567", "Asia/Almaty"),
            ("77771234567", "Asia/Almaty"),
            ("447400123456", "Europe/London"),
            ("18765551234", "America/Jamaica"),
            ("38344123456", "Europe/Belgrade"),
        ] {
            assert!(
                names(digits).contains(&expected),
                "{digits}: {:?}",
                names(digits)
            );
        }
        assert_eq!(names("4915112345678").len(), 1);
    }

    #[test]
    fn a_country_of_several_zones_has_each_kind_of_clock_once() {
        let offsets = |digits: &str| {
            let now = "2026-11-24T00:00Z".parse::<Timestamp>().unwrap();
            let utc: DateTime = "2026-11-24T00:00".parse().unwrap();
            let mut hours: Vec<i32> = zones_of(digits)
                .iter()
                .map(|zone| {
                    zone.local(now)
                        .duration_since(utc)
                        .as_hours()
                        .try_into()
                        .unwrap()
                })
                .collect();
            hours.sort_unstable();
            hours
        };
        assert_eq!(offsets("79001234567"), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        // A toll-free number shows no place. Of the two at -7 one has no summer time.
        assert_eq!(offsets("18005551234"), [-10, -10, -9, -8, -7, -7, -6, -5]);
        assert_eq!(offsets("558001234567"), [-5, -4, -3, -2]);
    }

    #[test]
    fn an_area_code_tells_the_zones_of_its_area() {
        for (digits, expected) in [
            ("12125551234", "America/New_York"),
            ("13105551234", "America/Los_Angeles"),
            ("16025551234", "America/Phoenix"),
            ("18085551234", "Pacific/Honolulu"),
            ("14165551234", "America/Toronto"),
            ("16045551234", "America/Vancouver"),
            ("13065551234", "America/Regina"),
            ("5511961234567", "America/Sao_Paulo"),
            ("551123456789", "America/Sao_Paulo"),
            ("5592981234567", "America/Manaus"),
            ("5568981234567", "America/Rio_Branco"),
            ("559132101234", "America/Belem"),
            ("61292345678", "Australia/Sydney"),
            ("61892345678", "Australia/Perth"),
            ("61255055312", "Australia/Sydney"),
            ("61255053123", "Australia/Lord_Howe"),
            ("525512345678", "America/Mexico_City"),
            ("5215512345678", "America/Mexico_City"),
            ("526641234567", "America/Tijuana"),
            ("526631234567", "America/Tijuana"),
            ("526141234567", "America/Chihuahua"),
            ("529841234567", "America/Cancun"),
            ("622112345678", "Asia/Jakarta"),
            ("62361234567", "Asia/Makassar"),
            ("62967512345", "Asia/Jayapura"),
            ("74951234567", "Europe/Moscow"),
            ("74012123456", "Europe/Kaliningrad"),
            ("78452123456", "Europe/Saratov"),
            ("78462123456", "Europe/Samara"),
            ("74232123456", "Asia/Vladivostok"),
            ("8613812345678", "Asia/Shanghai"),
            ("34912345678", "Europe/Madrid"),
            ("34922123456", "Atlantic/Canary"),
            ("351295123456", "Atlantic/Azores"),
        ] {
            assert_eq!(names(digits), [expected], "{digits}");
        }
    }

    #[test]
    fn an_area_code_of_several_zones_keeps_all_of_them() {
        for (digits, expected) in [
            ("19285551234", &["America/Denver", "America/Phoenix"][..]),
            ("14235551234", &["America/Chicago", "America/New_York"]),
            ("14485551234", &["America/Chicago", "America/New_York"]),
            ("12085551234", &["America/Boise", "America/Los_Angeles"]),
            ("61732345678", &["Australia/Brisbane", "Australia/Sydney"]),
            ("61882345678", &["Australia/Adelaide", "Australia/Darwin"]),
            ("5581981234567", &["America/Noronha", "America/Sao_Paulo"]),
            (
                "74112123456",
                &["Asia/Magadan", "Asia/Vladivostok", "Asia/Yakutsk"],
            ),
        ] {
            assert_eq!(names(digits), expected, "{digits}");
        }
    }

    #[test]
    fn a_number_that_shows_no_place_has_all_zones_of_its_country() {
        for (digits, country) in [
            ("79001234567", 11),
            ("61412345678", 7),
            ("6281234567890", 3),
            ("34612345678", 2),
            ("64211234567", 2),
            ("18005551234", 8),
            ("77272123456", 1),
            ("77011234567", 1),
            ("4915112345678", 1),
            ("56221234567", 4),
        ] {
            let zones = names(digits);
            assert_eq!(zones.len(), country, "{digits}: {zones:?}");
        }
    }

    #[test]
    fn a_brazilian_mobile_without_its_ninth_digit_has_the_zones_of_its_area() {
        for (short, long) in [
            ("559281234567", "5592981234567"),
            ("556899234567", "5568999234567"),
            ("551161234567", "5511961234567"),
        ] {
            assert_eq!(names(short), names(long), "{short}");
            assert_eq!(names(short).len(), 1, "{short}");
        }
    }

    #[test]
    fn every_zone_of_an_area_is_known_and_is_kept_in_a_country_of_its_calling_code() {
        let by_code = |prefix: &str| {
            (1..=3)
                .filter_map(|length| prefix.get(..length)?.parse().ok())
                .find_map(|code: i32| ZONES.by_code.get(&code))
        };
        let listed = |(names, prefixes): &(&'static [&str], &'static [u32])| {
            let (names, prefixes) = (*names, *prefixes);
            names
                .iter()
                .flat_map(move |name| prefixes.iter().map(move |prefix| (*name, *prefix)))
        };
        for (name, prefix) in AREAS.iter().flat_map(listed) {
            let zone: Zone = name.parse().unwrap();
            assert_eq!(zone.name(), name, "an IANA name");
            let by_code = by_code(&prefix.to_string()).unwrap();
            let kept = by_code.iter().any(|kept| clocks(kept) == clocks(&zone));
            assert!(kept, "{prefix} {name}");
        }
    }

    #[test]
    fn a_prefix_has_one_list_of_zones_and_each_list_is_in_order() {
        assert!(AREAS.iter().all(|(_, prefixes)| prefixes.is_sorted()));
        let prefixes: Vec<u32> = AREAS.iter().flat_map(|(_, list)| *list).copied().collect();
        let different: HashSet<u32> = prefixes.iter().copied().collect();
        assert_eq!(prefixes.len(), different.len());
        assert_eq!(ZONES.areas.len(), AREAS.len());
        assert!(ZONES.areas.iter().all(|zones| !zones.is_empty()));
    }

    /// Google's answers to 680 numbers, which `tests/data/google_zones.py` recorded. Where they are wrong is in
    /// `area_zones.py`.
    #[test]
    fn the_zones_of_an_area_are_googles_and_more_where_an_area_has_more() {
        let corrected = [
            "34827", "52614", "52636", "52649", "52652", "52657", "52659", "52663", "6185", "6188",
        ];
        let (mut same, mut more, mut other) = (0, 0, 0);
        for line in include_str!("../../tests/data/google-zones.tsv").lines() {
            let (digits, google) = line.split_once('\t').unwrap();
            let google = named(&google.split('&').collect::<Vec<_>>());
            let ours = zones_of(digits);
            let has = |zone: &Zone| ours.iter().any(|other| clocks(other) == clocks(zone));
            if !google.iter().all(has) {
                assert!(
                    corrected.iter().any(|prefix| digits.starts_with(prefix)),
                    "{line}: {:?}",
                    names(digits)
                );
                other += 1;
            } else if ours.len() == google.len() {
                same += 1;
            } else {
                more += 1;
            }
        }
        assert_eq!((same, more, other), (399, 255, 26));
    }

    #[test]
    fn a_number_that_does_not_tell_its_country_has_all_zones_of_its_calling_code() {
        let unknown = names("71001234567");
        assert_eq!(
            unknown.len(),
            11,
            "Kazakhstan keeps a clock that Russia keeps too: {unknown:?}"
        );
        assert!(names("12005551234").len() > names("12125551234").len());
    }

    #[test]
    fn a_number_of_no_country_and_no_number_have_no_zones() {
        for digits in ["80012345678", "883510001234567", "", "7", "000", "nonsense"] {
            assert_eq!(names(digits), Vec::<&str>::new(), "{digits}");
        }
    }

    #[test]
    fn every_region_that_has_numbers_has_a_zone() {
        for region in PHONE_NUMBER_UTIL
            .get_supported_regions()
            .filter(|region| *region != Region::World)
        {
            assert!(ZONES.by_region.contains_key(&region), "{region}");
        }
    }
}
